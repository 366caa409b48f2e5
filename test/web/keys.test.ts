/** The keys that a follower gets by the one-time link of the chat: each of them works as the page says. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openWorld, type World } from '#test/support/world.js';

let w: World;
beforeAll(async () => {
  w = await openWorld();
});
afterAll(() => w.close());

it('shows a key for every dialect once, and each reaches its owner', async () => {
  await w.phone('Ming').follows();
  const { text } = await w.phone('Ming').says('keys');
  const path = new URL(/http:\S+\/k\/\w+/.exec(text)?.[0] ?? '').pathname;
  const page = await w.call(path, { method: 'POST', headers: { origin: w.url, accept: 'text/html' } });
  expect(page.status).toBe(200);
  const key = (shape: RegExp): string => shape.exec(page.text)?.[1] ?? '';
  const asked = [
    w.call(`/api/send/message/${key(/\b(SPT_\w+)/)}/hello-spt`),
    w.call(`/${key(/\b(SCT\d+T\w+)/)}.send?title=hello-sct`),
    w.call(`/message/push?pushkey=${key(/\b(PDU\d+T\w+)/)}&text=hello-deer`),
    w.call(`/${key(/\b(qn[a-z0-9]{22})\b/)}`, { body: 'hello-ntfy' }),
    w.call(`/message?token=${key(/\b(A[A-Za-z0-9]{14})\b/)}`, { body: { message: 'hello-gotify' } }),
  ];
  expect((await Promise.all(asked)).map((answer) => answer.status)).toEqual([200, 200, 200, 200, 200]);
  await w.drain();
  const shown = (await w.phone('Ming').cards()).map((card) => card.rendered).join('\n');
  for (const word of ['hello-spt', 'hello-sct', 'hello-deer', 'hello-ntfy', 'hello-gotify']) {
    expect(shown).toContain(word);
  }
  expect((await w.call(path, { method: 'POST', headers: { origin: w.url } })).status).toBe(410);
});
