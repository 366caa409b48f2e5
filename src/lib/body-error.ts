/** What is thrown where something that a caller sent cannot be read. */

/** Why a body could not be used. `encoding`: its bytes are no text that we can read; `json`: it is called JSON and is none, or nests too deep. */
export type BodyErrorReason = 'too_large' | 'aborted' | 'encoding' | 'json';

/** A body, or the text of an address, could not be read or understood. The message never quotes it. */
export class BodyError extends Error {
  readonly reason: BodyErrorReason;

  constructor(reason: BodyErrorReason, message: string) {
    super(message);
    this.name = 'BodyError';
    this.reason = reason;
  }
}
