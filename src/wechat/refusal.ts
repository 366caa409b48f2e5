/** What becomes of a push that is not worked on: refused where somebody forged it, acknowledged where it is only strange. */

/** A push that is not taken: a status for the sender, and a reason that only the log sees. */
export class PushRefusal extends Error {
  override readonly name = 'PushRefusal';
  constructor(
    /** 400: forged on the way; 401: not proved to be the platform's; 413: too large; 503: nobody can tell now, push again. */
    readonly status: 400 | 401 | 413 | 503,
    /** English, without anything of the push. */
    readonly reason: string,
  ) {
    super(reason);
  }
}

/**
 * A push that the platform signed and that this server does not understand. It is acknowledged: after any other answer the
 * platform pushes it twice more, and tells the follower that the account is out of order.
 */
export class StrangePush extends Error {
  override readonly name = 'StrangePush';
  constructor(
    /** English, without anything of the push but the names of its kind. */
    readonly reason: string,
  ) {
    super(reason);
  }
}
