/** Each push counts once, whatever repeats, fails, hangs or dies, and no answer waits beyond the budget. */
import { afterEach, describe, expect, it } from 'vitest';
import type { Core } from '#src/core/index.js';
import { readPush } from '#src/wechat/push.js';
import {
  ACCOUNT,
  countClaims,
  type DoorOptions,
  type DoorWorld,
  eventOf,
  openDoor,
  shown,
  textOf,
} from './door-world.js';

const doors: DoorWorld[] = [];
async function open(options?: DoorOptions): Promise<DoorWorld> {
  const door = await openDoor(options);
  doors.push(door);
  return door;
}
afterEach(async () => {
  await Promise.all(doors.splice(0).map((door) => door.close()));
});

/** A door with a follower of one app that takes commands. */
async function openWithApp(options?: DoorOptions) {
  const door = await open(options);
  const app = await door.makeApp('alarm');
  await door.push(textOf(`#${app.id}`));
  await door.idle();
  return { door, app };
}

/** Something that waits until it is opened. */
function gate() {
  let open = (): void => {};
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open: () => open() };
}

describe('repeats', () => {
  it('answers a repeat with the same reply and tells the app once', async () => {
    const { door, app } = await openWithApp();
    const message = textOf(`#${app.id} restart`);
    const first = await shown(await door.push(message));
    await door.idle();
    expect(await shown(await door.push(message))).toBe(first);
    expect(first).toMatch(/已发送/);
    expect(await door.upstream()).toEqual([{ appId: app.id, content: 'restart' }]);
  });

  it('gives pushes that come together one reply and one event', async () => {
    const { door, app } = await openWithApp();
    const message = textOf(`#${app.id} restart`);
    const answers = await Promise.all([1, 2, 3].map(() => door.push(message)));
    const texts = await Promise.all(answers.map(shown));
    expect(new Set(texts).size).toBe(1);
    expect(await door.upstream()).toHaveLength(1);
  });

  it('tells events of one second apart by what they are about', async () => {
    const door = await open();
    for (const key of ['QN_UID', 'QN_HELP', 'QN_UID']) {
      await door.push(eventOf('CLICK', { EventKey: key }));
    }
    await door.idle();
    expect(await countClaims(door.db)).toBe(2);
  });

  it('works again on a push that a dead process had claimed', async () => {
    const { door, app } = await openWithApp();
    const message = textOf(`#${app.id} restart`);
    const fields = new Map(Object.entries(message).map(([name, value]) => [name, String(value)]));
    const { key, from } = readPush(fields, ACCOUNT.appId, door.clock.now());
    expect((await door.core.inbox.claim(key, from)).kind).toBe('mine');
    // Not yet known to be dead: it is not told success, or its push would be lost.
    expect((await door.push(message)).status).toBe(503);
    expect(await door.upstream()).toEqual([]);
    door.restart();
    expect(await shown(await door.push(message))).toMatch(/已发送/);
    expect(await door.upstream()).toHaveLength(1);
  });

  it('writes no second event when the process died after the first', async () => {
    const { door, app } = await openWithApp({
      bend: (core) => ({
        ...core,
        inbox: { ...core.inbox, finish: () => Promise.reject(new Error('killed')) },
      }),
    });
    const message = textOf(`#${app.id} restart`);
    await door.push(message);
    door.restart();
    expect(await shown(await door.push(message))).toMatch(/已发送/);
    expect(await door.upstream()).toHaveLength(1);
  });
});

describe('failures', () => {
  it('lets the platform try again when nothing could be written', async () => {
    let fails = true;
    const { door, app } = await openWithApp({
      bend: (core) =>
        withEmit(core, (input) => (fails ? Promise.reject(new Error('disk full')) : core.events.emit(input))),
    });
    const message = textOf(`#${app.id} restart`);
    expect(await door.push(message)).toMatchObject({ status: 503, text: '' });
    fails = false;
    expect(await shown(await door.push(message))).toMatch(/已发送/);
    expect(await door.upstream()).toHaveLength(1);
  });

  it('works on the retry even where the failed claim could not be given back', async () => {
    let fails = true;
    const { door, app } = await openWithApp({
      bend: (core) => ({
        ...withEmit(core, (input) =>
          fails ? Promise.reject(new Error('disk full')) : core.events.emit(input),
        ),
        inbox: { ...core.inbox, release: () => Promise.reject(new Error('disk full')) },
      }),
    });
    const message = textOf(`#${app.id} restart`);
    expect((await door.push(message)).status).toBe(503);
    fails = false;
    expect(await shown(await door.push(message))).toMatch(/已发送/);
  });

  it('excuses itself when something fails after the command was written', async () => {
    const door = await open({
      bend: (core) => ({
        ...core,
        conversations: {
          ...core.conversations,
          remember: (person, memory) =>
            memory.pending === null
              ? Promise.reject(new Error('a bug'))
              : core.conversations.remember(person, memory),
        },
      }),
    });
    for (const name of ['one', 'two']) {
      await door.push(textOf(`#${(await door.makeApp(name)).id}`));
    }
    await door.push(textOf('restart'));
    expect(await shown(await door.push(textOf('1')))).toMatch(/抱歉/);
    expect(await door.upstream()).toHaveLength(1);
  });

  it('asks for a retry when a receipt could not be kept', async () => {
    const door = await open({
      bend: (core) => ({
        ...core,
        inbox: { ...core.inbox, keepReceipt: () => Promise.reject(new Error('disk full')) },
      }),
    });
    const receipt = eventOf('TEMPLATESENDJOBFINISH', { MsgID: '1', Status: 'success' });
    expect(await door.push(receipt)).toMatchObject({ status: 503, text: '' });
  });
});

describe('the time to answer', () => {
  it('answers success when the work takes long, and sends the reply later', async () => {
    const { passed, open: release } = gate();
    const door = await open({
      budgetMs: 1_500,
      bend: (core) => ({
        ...core,
        keys: { ...core.keys, createLink: (person) => passed.then(() => core.keys.createLink(person)) },
      }),
    });
    expect(await door.push(textOf('keys'))).toMatchObject({ status: 200, text: 'success' });
    release();
    await door.idle();
    expect(door.later).toEqual([{ openid: 'oSIM1', text: expect.stringMatching(/push\.example\/k\/\w+/) }]);
  });

  it('never says success before the command is written', async () => {
    const { passed, open: release } = gate();
    const { door, app } = await openWithApp({
      budgetMs: 1_500,
      bend: (core) => withEmit(core, (input) => passed.then(() => core.events.emit(input))),
    });
    const message = textOf(`#${app.id} restart`);
    expect(await door.push(message)).toMatchObject({ status: 503, text: '' });
    expect(await door.upstream()).toEqual([]);
    release();
    await door.idle();
    expect(door.later).toEqual([{ openid: 'oSIM1', text: expect.stringMatching(/已发送/) }]);
    expect(await door.push(message)).toMatchObject({ status: 200, text: 'success' });
    expect(await door.upstream()).toHaveLength(1);
  });

  it('logs a late reply that cannot be sent, and nothing of it', async () => {
    const { passed, open: release } = gate();
    const door = await open({
      budgetMs: 20,
      sendText: () => Promise.reject(new Error('45015 out of time')),
      bend: (core) => ({
        ...core,
        keys: { ...core.keys, createLink: (person) => passed.then(() => core.keys.createLink(person)) },
      }),
    });
    await door.push(textOf('keys'));
    release();
    await door.idle();
    const line = door.lines.find((text) => text.includes('late reply'));
    expect(line).toMatch(/45015/);
    expect(door.lines.join('')).not.toMatch(/oSIM1|\/k\//);
  });
});

function withEmit(core: Core, emit: (input: Parameters<Core['events']['emit']>[0]) => Promise<number>): Core {
  return { ...core, events: { ...core.events, emit: emit as Core['events']['emit'] } };
}
