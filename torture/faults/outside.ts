/** Faults of the outside world: single calls that go wrong, and all of it away for seconds up to twenty minutes. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '#torture/random.js';
import type { WireFault } from '#torture/wire.js';
import { type Away, BOTH, drawAway, type Fault } from './blow.js';

/** A fault of the simulator, as its control API takes it. */
export interface PlatformFault {
  path: string;
  count: number;
  errcode?: number;
  status?: number;
  hang?: number;
  drop?: boolean;
  latencyMs?: number;
  /** It does what was asked, and then fails: nobody can know. */
  after?: boolean;
}

/** The platforms answer late, wrongly or not at all, before or after they did what was asked. */
export const platform: Fault<{ fault: PlatformFault }> = {
  databases: BOTH,
  draw: ({ random }) => ({ fault: drawFault(random) }),
  fall: async (world, { fault }) => {
    await world.sim('/faults', fault);
    return [];
  },
};

/** Requests and answers are lost on the wire. */
export const wire: Fault<{ path: string; how: WireFault; count: number }> = {
  databases: BOTH,
  draw: ({ random }) => ({
    path: random.pick(['/', '/', '/wechat', '/webhook', '/gotify', '/bark']),
    how: random.pick(['lose-request', 'lose-answer', 'lose-answer', 'cut-early'] as const),
    count: random.between(2, 15),
  }),
  fall: async (world, blow) => {
    world.wire.strike(blow);
    return [];
  },
};

/** The outside world is not to be reached: nobody listens, or nobody answers. */
export const outage: Fault<Away & { how: 'refuse' | 'silent' }> = {
  databases: BOTH,
  draw: ({ random }) => ({ how: random.pick(['refuse', 'silent'] as const), ...drawAway(random) }),
  fall: async (world, { how, forMs, passMs }) => {
    await world.setOutside(how);
    await sleep(forMs / 2);
    await world.time.pass(passMs);
    await sleep(forMs / 2);
    await world.setOutside('open');
    return [];
  },
};

const SEND = '/wechat/cgi-bin/message/template/send';
const TOKEN = '/wechat/cgi-bin/stable_token';
const HOOKS = '/webhook/';
const OTHERS = ['/gotify', '/bark', '/sms', '/ntfy', '/pushdeer', '/dingtalk', '/feishu', '/wecom'];

function drawFault(random: Random): PlatformFault {
  const count = random.between(3, 25);
  const path = random.pick(OTHERS);
  const faults: readonly PlatformFault[] = [
    { path: SEND, count, latencyMs: random.between(50, 1200) },
    { path: SEND, count, drop: true },
    { path: SEND, count, drop: true, after: true },
    { path: SEND, count, hang: random.between(200, 1500) },
    { path: SEND, count, hang: random.between(200, 1500), after: true },
    { path: SEND, count, status: random.pick([500, 502, 503, 429, 404]) },
    // Success by its status, and a body that is no answer.
    { path: SEND, count, status: 200, after: random.pick([true, false]) },
    { path: TOKEN, count: random.between(1, 4), status: 200 },
    // Busy, an ended token, one of nobody, and a number that no list knows.
    { path: SEND, count, errcode: random.pick([-1, 42001, 40001, -424242]) },
    { path: TOKEN, count: random.between(1, 4), errcode: -1 },
    { path: TOKEN, count: random.between(1, 4), drop: true },
    { path: HOOKS, count, drop: true, after: random.pick([true, false]) },
    { path: HOOKS, count, status: random.pick([500, 503, 404, 429]) },
    { path: HOOKS, count, hang: random.between(200, 1500), after: true },
    { path, count, drop: true, after: random.pick([true, false]) },
    { path, count, status: random.pick([500, 502, 503]) },
    { path, count, latencyMs: random.between(50, 1200) },
  ];
  return random.pick(faults);
}
