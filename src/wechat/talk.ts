/** What the words and events of a follower are answered with: who speaks, about what, and the means to act. */
import type { Core } from '#src/core/index.js';
import type { Clock } from '#src/lib/clock.js';
import type { Progress } from './turns.js';

/** The follower as the domain knows them. */
export type Follower = Awaited<ReturnType<Core['people']['follow']>>;

/** One saying or tap of a follower. */
export interface Talk extends Progress {
  core: Core;
  clock: Clock;
  /** Makes the nonces of setting links. */
  newNonce: () => string;
  person: Follower;
  /** Whether this server's QR codes lead this platform's people anywhere. */
  canScan: boolean;
  /**
   * Tells what nobody else may read, such as a link to keys: resolves to the reply, empty where it went out as a
   * message of its own, since this push may be somebody else's in the follower's name.
   */
  confide(text: string): Promise<string>;
  /** Names the push; what it causes is written once by it. */
  key: string;
}
