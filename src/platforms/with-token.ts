/** Runs a call with an access token; a refused token is replaced once and the call tried once more. */
import { PlatformError } from './platform-error.js';
import type { TokenKeeper } from './token-keeper.js';

/** How to call with a token. */
export interface TokenCall<T> {
  keeper: TokenKeeper;
  /** The error codes that mean the token itself was refused, and nothing else. */
  tokenCodes: ReadonlySet<number>;
  attempt: (token: string) => Promise<T>;
}

/** Gives the call's result; throws its error, after the second try where the first refused the token. */
export async function withToken<T>(call: TokenCall<T>): Promise<T> {
  const first = await attemptWith(call);
  if (first.done) {
    return first.result;
  }
  const second = await attemptWith(call);
  if (second.done) {
    return second.result;
  }
  throw second.refusal;
}

type Attempt<T> = { done: true; result: T } | { done: false; refusal: PlatformError };

async function attemptWith<T>({ keeper, tokenCodes, attempt }: TokenCall<T>): Promise<Attempt<T>> {
  const token = await keeper.current();
  try {
    const result = await attempt(token);
    keeper.confirm();
    return { done: true, result };
  } catch (error) {
    if (error instanceof PlatformError && error.code !== undefined && tokenCodes.has(error.code)) {
      keeper.invalidate(token, error);
      return { done: false, refusal: error };
    }
    throw error;
  }
}
