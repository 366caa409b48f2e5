/** What a living process knows of a send is kept until it can be written: nothing goes out again for want of a disk. */
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { breakWrites } from '#test/support/broken-writes.js';
import { openPlatformProxy, type PlatformProxy } from '#test/support/platform-proxy.js';
import { openWorld, type World } from '#test/support/world.js';
import { MINUTE, type Pushing, SECOND, startPushing } from './pushing.js';

const TEMPLATE = '/wechat/cgi-bin/message/template/send';

let w: World;
let p: Pushing;
let proxy: PlatformProxy;
let mend: (() => Promise<void>) | null = null;

beforeAll(async () => {
  proxy = await openPlatformProxy();
  w = await openWorld({ countTokens: false, env: { WECHAT_API_BASE: `${proxy.url}/wechat` } });
  proxy.target = w.simulatorUrl;
  // Calls are counted, and a token that dies costs some more.
  await w.sim('/tokens', { dieAfterCalls: null });
  p = await startPushing(w);
});
afterEach(async () => {
  proxy.onAnswer = () => {};
  await mend?.();
  mend = null;
  await p.mend();
});
afterAll(async () => {
  await w.close();
  await proxy.close();
});

/** The database takes no writes from the first answer of a send on. */
function breakAtAnswer(path: string): Promise<void> {
  return new Promise((resolve) => {
    proxy.onAnswer = async (called) => {
      if (called === path && mend === null) {
        mend = await breakWrites(w.db, w.databaseUrl, 'read-only');
        resolve();
      }
    };
  });
}

const said = (word: string): boolean => w.lines.some((line) => line.includes(word));

/** Waits for a word in the log. */
async function hear(word: string): Promise<void> {
  while (!said(word)) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

it.each([
  ['ten of WeChat, through a disk that is full for eleven minutes', 11 * MINUTE],
  ['ten of WeChat, through a restart of the database of four seconds', 4 * SECOND],
])('%s, are sent once', async (_name, outageMs) => {
  const ming = await p.meet();
  w.lines.length = 0;
  const ids = await Promise.all(Array.from({ length: 10 }, () => p.send(ming.uid)));
  const before = proxy.calls.get(TEMPLATE) ?? 0;
  const broken = breakAtAnswer(TEMPLATE);
  const drained = w.drain();
  await broken;
  await hear('results cannot be written');
  w.clock.advance(outageMs);
  await mend?.();
  // Mending may cut the very connection that a round asks by; a server's loop goes on with its next round, as the test does.
  await drained.catch(() => {});
  await w.drain();
  expect((proxy.calls.get(TEMPLATE) ?? 0) - before).toBe(10);
  for (const id of ids) {
    const { state, outcomes } = await p.trace(id);
    expect([state, outcomes?.filter((outcome) => outcome !== 'confirmed')]).toEqual(['sent', ['sent']]);
  }
  expect(await ming.phone.cards()).toHaveLength(10);
  expect(said('results are written again')).toBe(true);
});

it('one by a platform that knows no repeats is sent once, and nothing more is claimed meanwhile', async () => {
  const ming = await p.meet();
  const config = { server: `${proxy.url}/gotify`, token: 'sim-app' };
  await w.admin(`/users/${ming.uid}/channels`, { kind: 'gotify', code: 'mine', config });
  const { personId } = await w.core.people.getByUid(ming.uid);
  const publish = () =>
    w.core.publish({
      appId: p.app.id,
      body: `body ${Math.random()}`,
      format: 'text',
      audience: { people: [personId], topics: [] },
      channels: ['mine'],
      targets: [{ uid: ming.uid }],
      source: 'test',
    });
  w.lines.length = 0;
  const { messageId } = await publish();
  const broken = breakAtAnswer('/gotify/message');
  const drained = w.drain();
  await broken;
  await hear('results cannot be written');
  w.clock.advance(12 * SECOND);
  await mend?.();
  await publish();
  await drained.catch(() => {});
  await w.drain();
  expect(proxy.calls.get('/gotify/message')).toBe(2);
  expect((await p.trace(messageId)).outcomes).toEqual(['sent']);
});

it('of a process that ends meanwhile is given up with a word in the log', async () => {
  const ming = await p.meet();
  w.lines.length = 0;
  await p.send(ming.uid);
  const broken = breakAtAnswer(TEMPLATE);
  const drained = w.drain();
  await broken;
  await hear('results cannot be written');
  await w.worker.stop(10);
  expect(said('could not be written before the end')).toBe(true);
  await mend?.();
  mend = null;
  await drained.catch(() => {});
  await w.restart();
});
