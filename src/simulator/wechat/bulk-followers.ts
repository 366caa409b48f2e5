/** Makes many people at once, a few of them scanning at any moment. */
import { scan } from './acts.js';
import type { Code } from './codes.js';
import type { WechatState } from './wechat-state.js';

const AT_ONCE = 24;
/** People without a scan are made in steps, so that other calls get their turn. */
const STEP = 5_000;

/** The people made. */
export interface BulkResult {
  /** The first and the last openid. */
  openids: [string, string];
  count: number;
  /** How many events the server did not acknowledge in three tries; absent when none. */
  failed?: number;
}

/** Adds `count` people; with a code each scans it. Resolves when the server has taken every event. */
export async function addInBulk(state: WechatState, count: number, code: Code | null): Promise<BulkResult> {
  const { people } = state;
  const first = people.add();
  let last = first;
  let made = 1;
  let failed = 0;
  const scanOne = async (person: typeof first): Promise<void> => {
    if (code) {
      const result = await scan(state, { person, code, lane: 'later' });
      // Without a server URL there is nobody to acknowledge anything.
      failed += result.problem !== undefined && result.tries > 0 ? 1 : 0;
    }
  };
  const work = async (): Promise<void> => {
    while (made < count) {
      made += 1;
      last = people.add();
      await scanOne(last);
      if (!code && made % STEP === 0) {
        await new Promise(setImmediate);
      }
    }
  };
  await Promise.all([scanOne(first), ...Array.from({ length: code ? AT_ONCE : 1 }, work)]);
  state.world.live.tell('follower', { bulk: count });
  return { openids: [first.openid, last.openid], count, ...(failed > 0 ? { failed } : {}) };
}

/** Adds people who have followed for long: the server is told nothing. */
export function addFollowers(state: WechatState, count: number): BulkResult {
  const { people } = state;
  const made = Array.from({ length: count }, () => people.add());
  for (const person of made) {
    person.followedAt = Math.floor(state.world.clock.now() / 1000);
    people.setFollowing(person, true);
  }
  state.world.live.tell('follower', { bulk: count });
  return { openids: [made[0]?.openid ?? '', made.at(-1)?.openid ?? ''], count };
}
