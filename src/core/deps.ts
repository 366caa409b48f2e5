/** What every room of the domain is made with. */
import type { Clock } from '#src/lib/clock.js';
import type { NewId } from '#src/lib/ids.js';
import type { KeyRing } from '#src/lib/key-ring.js';
import type { Logger } from '#src/lib/logger.js';
import type { Db } from '#src/store/open.js';

/** The means of the domain. `wake` tells the engine that there is new work; it never fails and never waits. */
export interface CoreDeps {
  db: Db;
  clock: Clock;
  newId: NewId;
  /** Seals secrets at rest, and keys what can be made anew: addresses of pages, codes of ids. */
  box: KeyRing;
  /** Keys the hashes by which secrets are looked up; the same for good, whatever becomes of the secret key. */
  hashKey: Buffer;
  log: Logger;
  /** The platform account that carries the server's own WeChat messages. */
  account: { platform: 'wechat'; account: string };
  /** The server's address without a trailing slash; links are built on it. */
  publicUrl: string;
  wake: () => void;
}
