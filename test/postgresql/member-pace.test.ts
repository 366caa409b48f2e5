/** What WeCom lets an app send one member is counted by all processes together. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { createWecomAppChannel } from '#src/channels/wecom-app/index.js';
import { openStore } from '#src/store/open.js';
import { createPlaces } from '#src/store/places.js';
import { type Cleanups, cleanUp, messageOf, openIo, sendBy } from '#test/channels/http-peer.js';
import { createTestClock } from '#test/support/clock.js';
import { openDatabase } from '#test/support/database.js';

const cleanups: Cleanups = [];
afterEach(() => cleanUp(cleanups));

it('gets no 31st message within a minute, whoever sends it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'qingniao-pace-'));
  const database = await openDatabase(folder);
  const clock = createTestClock();
  const io = { ...openIo(cleanups), clock };
  let sent = 0;
  const openProcess = async () => {
    const store = await openStore(database.url);
    cleanups.push(() => store.close());
    const platform = {
      sendMessage: async () => {
        sent += 1;
        return { msgId: 'M', invalidUsers: [], unlicensedUsers: [] };
      },
    };
    const channel = createWecomAppChannel({ platform, takePlaces: createPlaces({ db: store.db, clock }) });
    return (receivers: string) => {
      const settings = { corpId: 'ww1', agentId: '1000002', secret: 's', receivers };
      return sendBy(channel, settings, { io, message: messageOf({}) });
    };
  };
  const processes = await Promise.all([openProcess(), openProcess()]);
  const sendAll = (receivers: string) => Promise.all(processes.map((send) => send(receivers)));

  const kinds: string[] = [];
  for (let turn = 0; turn < 20; turn += 1) {
    kinds.push(...(await sendAll(turn % 2 ? 'zhangsan|lisi' : 'ZhangSan')).map(({ kind }) => kind));
  }
  expect(kinds.filter((kind) => kind === 'sent')).toHaveLength(30);
  expect(await sendAll('lisi|zhangsan')).toMatchObject([
    { kind: 'retry', code: 'member_limit', afterMs: 60_000 },
    { kind: 'retry', code: 'member_limit', afterMs: 60_000 },
  ]);
  expect(sent).toBe(30);
  // What a refused list had asked for its other members is not counted.
  expect(await sendAll('lisi')).toMatchObject([{ kind: 'sent' }, { kind: 'sent' }]);
  clock.advance(60_000);
  expect(await sendAll('zhangsan')).toMatchObject([{ kind: 'sent' }, { kind: 'sent' }]);

  await cleanUp(cleanups);
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});
