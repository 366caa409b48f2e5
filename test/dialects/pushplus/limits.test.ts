/** The limits of PushPlus's classes of user, which hold only where the operator chooses one. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DialectPlans } from '#src/core/dialect-plans.js';
import { chinaDayStart } from '#src/lib/china-time.js';
import { writeEntries } from '#src/store/window-entries.js';
import { ACCEPTED, type Cast, openCast, refusal } from './cast.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

let cast: Cast;
let count = 0;
beforeEach(async () => {
  cast = await openCast();
});
afterEach(() => cast.door.close());

const use = (pushplus: DialectPlans['pushplus']) => cast.door.core.dialectPlans.saveDefaults({ pushplus });
const wait = (ms: number) => {
  cast.door.clock.at += ms;
};
const send = (fields: Record<string, unknown> = {}) => {
  count += 1;
  return cast.send({ content: `content ${count}`, ...fields });
};

/** Puts messages of today into the store, as if they had been sent before a restart. */
async function sentToday(messages: number, channel: string): Promise<void> {
  const first = cast.door.clock.at;
  await cast.door.db.message.createMany({
    data: Array.from({ length: messages }, (_, at) => ({
      id: BigInt(at + 1),
      senderId: BigInt(cast.owner.personId),
      source: 'pushplus',
      body: 'x',
      format: 'text',
      audience: '{}',
      targets: '[]',
      extras: JSON.stringify({ pushplus: { channel } }),
      state: 'done',
      createdAt: new Date(first),
    })),
  });
}

/** Notes calls of today as a process before this one would have. */
async function calledToday(calls: number): Promise<void> {
  const name = `pushplus calls ${cast.owner.personId}`;
  const day = chinaDayStart(cast.door.clock.at);
  const times = writeEntries([[day, calls]], day + DAY);
  await cast.door.db.sharedWindow.create({ data: { name, times } });
}

describe('without a plan', () => {
  it('nothing is limited, repeats neither', async () => {
    for (let at = 0; at < 12; at += 1) {
      expect((await cast.send({ content: 'same' })).text).toMatch(ACCEPTED);
    }
  });
});

describe('somebody who is not verified', () => {
  it('sends nothing', async () => {
    await use('unverified');
    expect((await send()).text).toBe(refusal(905, '账号未实名认证，请先完成实名认证'));
    expect(await cast.stored()).toEqual([]);
  });
});

describe.each([
  ['real-name', MINUTE, 100, 20_000],
  ['member', 10_000, 200, 100_000],
] as const)('%s', (plan, spanMs, titleLimit, contentLimit) => {
  beforeEach(() => use(plan));

  it('five calls within the span, failed ones too', async () => {
    for (let at = 0; at < 5; at += 1) {
      await send(at === 0 ? { content: '' } : {});
    }
    expect((await send()).text).toBe(refusal(900, `请求过于频繁，${spanMs / 1000}秒内最多5次`));
    wait(spanMs);
    expect((await send()).text).toMatch(ACCEPTED);
  });

  it('the same content three times an hour', async () => {
    const same = () => {
      wait(MINUTE);
      return cast.send({ content: 'same', title: 't' });
    };
    for (let at = 0; at < 3; at += 1) {
      expect((await same()).text).toMatch(ACCEPTED);
    }
    expect((await same()).text).toBe(refusal(999, '请勿频繁推送相同内容'));
    expect((await cast.send({ content: 'same', title: 'another' })).text).toMatch(ACCEPTED);
    wait(HOUR);
    expect((await same()).text).toMatch(ACCEPTED);
  });

  it('a refused message is no repetition', async () => {
    for (let at = 0; at < 4; at += 1) {
      wait(MINUTE);
      await cast.send({ content: 'same', topic: 'nope' });
    }
    expect((await cast.send({ content: 'same', topic: 'nope' })).json.data).toBe('群组不存在');
  });

  it('the length of title and content', async () => {
    expect((await send({ title: '题'.repeat(titleLimit) })).text).toMatch(ACCEPTED);
    expect((await send({ title: '题'.repeat(titleLimit + 1) })).text).toBe(
      refusal(999, `title 过长，最多 ${titleLimit} 个字符`),
    );
    expect((await send({ content: '长'.repeat(contentLimit) })).text).toMatch(ACCEPTED);
    expect((await send({ content: '长'.repeat(contentLimit + 1) })).text).toBe(
      refusal(999, `content 过长，最多 ${contentLimit} 个字符`),
    );
  });
});

describe('messages of a day', () => {
  it.each([
    ['real-name', 'wechat', 200, { channel: 'wechat' }],
    ['real-name', 'cp', 1000, { channel: 'cp' }],
    ['real-name', 'webhook', 1000, { channel: 'webhook', webhook: 'x' }],
    ['real-name', 'mail', 200, { channel: 'mail' }],
    ['member', 'wechat', 2000, {}],
    ['member', 'mail', 1000, { channel: 'mail' }],
  ] as const)('%s by %s: %i, until midnight in China', async (plan, channel, limit, fields) => {
    await use(plan);
    await sentToday(limit, channel);
    const text = `请求次数过多，${channel} 渠道每天最多${limit}条，明天恢复正常`;
    expect((await send(fields)).text).toBe(refusal(900, text));
    wait(DAY);
    expect((await send(fields)).json.code).not.toBe(900);
  });

  it('below the limit one more goes', async () => {
    await use('real-name');
    await sentToday(199, 'wechat');
    expect((await send()).text).toMatch(ACCEPTED);
    expect((await send()).json.code).toBe(900);
  });
});

describe('who goes on calling', () => {
  it('is shut out for seven days, through a restart, and let in again', async () => {
    await use('real-name');
    await calledToday(1998);
    expect((await send({ content: '' })).text).toBe(refusal(999, '消息内容不能为空'));
    const text = '请求次数过多,减少请求后7天恢复正常';
    expect((await send()).text).toBe(refusal(900, text));
    expect((await send()).text).toBe(refusal(900, text));
    wait(6 * DAY);
    expect((await send()).text).toBe(refusal(900, '请求次数过多,减少请求后1天恢复正常'));
    wait(DAY + 1);
    expect((await send()).text).toMatch(ACCEPTED);
  });

  it('is shut out for good at ten thousand calls of a day', async () => {
    await use('real-name');
    await calledToday(9998);
    expect((await send()).json.msg).toContain('7天');
    const text = refusal(900, '请求次数过多，账号已被永久限制');
    expect((await send()).text).toBe(text);
    wait(400 * DAY);
    expect((await send()).text).toBe(text);
  });
});

describe('a person’s own plan', () => {
  it('counts before the server’s', async () => {
    await use('real-name');
    await cast.door.core.dialectPlans.saveOwn(cast.owner.personId, { pushplus: 'none' });
    for (let at = 0; at < 8; at += 1) {
      expect((await send({ content: 'same' })).text).toMatch(ACCEPTED);
    }
  });
});

describe('friends of one message', () => {
  it('are ten by the real-name plan; more are dropped', async () => {
    await use('real-name');
    const friends = [];
    for (let at = 0; at < 12; at += 1) {
      friends.push(await cast.friend(`friend ${at}`));
    }
    await send({ to: friends.map((friend) => friend.token).join() });
    expect((await cast.storedOnce()).audience.people).toEqual(
      friends.slice(0, 10).map((friend) => friend.personId),
    );
  });
});
