/** Two people whose messages come with one MsgId, as the platform's debugging page makes them: each gets an answer of their own. */
import { afterEach, describe, expect, it } from 'vitest';
import type { Said } from '#test/support/phone.js';
import { openWorld, type World } from '#test/support/world.js';

/** The id of every message that the platform's debugging page sends. */
const MSG_ID = '1234567890123456';

let w: World;
afterEach(() => w.close());

/** Somebody who writes to us at a door. */
interface Writer {
  says(content: string, msgId?: string): Promise<Said>;
}

/** The three doors, with two people at each. The clock stands still: both write within one second. */
const DOORS: [string, () => Promise<[Writer, Writer]>][] = [
  ...(['plain', 'compatible', 'safe'] as const).map((mode): (typeof DOORS)[number] => [
    `the official account in ${mode} mode`,
    async () => {
      w = await openWorld({ mode });
      await w.phone('Ming').follows();
      await w.phone('Hong').follows();
      return [w.phone('Ming'), w.phone('Hong')];
    },
  ]),
  [
    'WeCom',
    async () => {
      w = await openWorld();
      return [w.wecomMember('zhangsan'), w.wecomMember('lisi')];
    },
  ],
];

describe.each(DOORS)('at the door of %s', (_name, open) => {
  it('the second is worked on for themselves, and sees nothing of the first', async () => {
    const [ming, hong] = await open();
    const secret = (await ming.says('keys', MSG_ID)).seesReply(/\/k\/\w+/).text;
    const answered = await hong.says('keys', MSG_ID);
    answered.seesReply(/\/k\/\w+/);
    expect(linkIn(answered.text)).not.toBe(linkIn(secret));
    (await hong.says('uid', MSG_ID)).seesReply(/UID_/);
  });

  it('both are worked on when they write at the same moment', async () => {
    const [ming, hong] = await open();
    const [one, other] = await Promise.all([ming.says('uid', MSG_ID), hong.says('uid', MSG_ID)]);
    expect(new Set([one, other].map(({ text }) => /UID_\w+/.exec(text)?.[0])).size).toBe(2);
  });

  it('one who writes something else under the same id and in the same second is answered to that', async () => {
    const [ming] = await open();
    (await ming.says('uid', MSG_ID)).seesReply(/UID_/);
    (await ming.says('help', MSG_ID)).seesReply(/使用帮助/);
  });

  it('a repeat of one message is still worked on once', async () => {
    const [ming] = await open();
    const { id } = await w.app('alarm', { callbackUrl: w.webhook('dev') }).made();
    await ming.says(`#${id}`);
    const first = await ming.says(`#${id} restart`, MSG_ID);
    expect((await ming.says(`#${id} restart`, MSG_ID)).text).toBe(first.text);
    await w.drain();
    const { items } = (await w.sim('/inboxes/webhook/dev')).json as {
      items: { request: { body: string } }[];
    };
    expect(items.filter(({ request }) => request.body.includes('restart'))).toHaveLength(1);
  });
});

function linkIn(text: string): string {
  return /\/k\/\w+/.exec(text)?.[0] ?? '';
}
