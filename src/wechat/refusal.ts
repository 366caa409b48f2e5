/** The one way to refuse a push: a status for the sender, and a reason that only the log sees. */

/** A push that is not taken. */
export class PushRefusal extends Error {
  override readonly name = 'PushRefusal';
  constructor(
    /** 401: not proved to be WeChat's; 400: proved, but not readable; 413: too large. */
    readonly status: 400 | 401 | 413,
    /** English, without anything of the push. */
    readonly reason: string,
  ) {
    super(reason);
  }
}
