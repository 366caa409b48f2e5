/** All that a simulated WeCom remembers. */
import { type Arrivals, createArrivals } from '../arrivals.js';
import { createRollingCounts, type RollingCounts, type RollingLimit } from '../rolling-counts.js';
import type { World } from '../world.js';
import { createCorps, simulatedWecom, type WecomCorp } from './directory.js';
import { createMediaShelf, type MediaShelf } from './media.js';
import { WecomPusher } from './pusher.js';
import { SentMessages } from './sent-messages.js';
import { WecomTokens } from './tokens.js';

const KEPT_DROPS = 10_000;

/** A limit of what one member gets from one app. */
export interface MemberLimit extends RollingLimit {
  readonly why: 'minute' | 'hour';
}

const MEMBER_LIMITS: readonly MemberLimit[] = [
  { most: 30, withinMs: 60_000, why: 'minute' },
  { most: 1_000, withinMs: 3_600_000, why: 'hour' },
];

/** A message that a member did not get although its sender was told "ok". */
export interface DroppedMessage {
  readonly id: number;
  readonly at: number;
  readonly msgid: string;
  readonly userid: string;
  readonly why: MemberLimit['why'];
}

/** The state. */
export interface WecomState {
  readonly world: World;
  corps: WecomCorp[];
  readonly tokens: WecomTokens;
  readonly media: MediaShelf;
  readonly inbox: Arrivals;
  readonly sent: SentMessages;
  readonly memberCounts: RollingCounts<MemberLimit>;
  dropped: DroppedMessage[];
  readonly pusher: WecomPusher;
  /** Messages with a larger body are refused with 45002; null: the platform's own limits alone. */
  maxBodyBytes: number | null;
  /** The page of trusted addresses opens once a check of the server URL has succeeded. */
  isIpListOpen: boolean;
}

/** Makes the state of a fresh simulator. */
export function createWecomState(world: World): WecomState {
  return {
    world,
    corps: createCorps(),
    tokens: new WecomTokens(world.clock),
    media: createMediaShelf(world.clock),
    inbox: createArrivals(world, 'wecom'),
    sent: new SentMessages(world.clock),
    memberCounts: createRollingCounts(world.clock, MEMBER_LIMITS),
    dropped: [],
    pusher: new WecomPusher(world),
    maxBodyBytes: null,
    isIpListOpen: false,
  };
}

/** Forgets everything. */
export function resetWecomState(state: WecomState): void {
  state.corps = createCorps();
  state.tokens.clear();
  state.media.clear();
  state.inbox.clear();
  state.sent.clear();
  state.memberCounts.clear();
  state.dropped = [];
  state.pusher.isDuplicating = false;
  state.maxBodyBytes = null;
  state.isIpListOpen = false;
}

/** Notes a silent drop; only the newest ten thousand stay. */
export function keepDropped(state: WecomState, drop: DroppedMessage): void {
  state.dropped.push(drop);
  if (state.dropped.length >= 2 * KEPT_DROPS) {
    state.dropped = state.dropped.slice(-KEPT_DROPS);
  }
}

/** The corp with this id; null when there is none. */
export function findCorp(state: WecomState, corpId: string): WecomCorp | null {
  return state.corps.find(({ id }) => id === corpId) ?? null;
}

/** The corp whose members write to the app. */
export function mainCorp(state: WecomState): WecomCorp {
  const corp = findCorp(state, simulatedWecom.corpId);
  if (!corp) {
    throw new Error('the simulated corp is missing');
  }
  return corp;
}
