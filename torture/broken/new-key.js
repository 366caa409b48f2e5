// A bug on purpose: where the secret key is lost, another takes its place without a word.
import { makeSecretKey, readSecretKey as read } from '#src/lib/secret-key.js';

export * from '#src/lib/secret-key.js';

export function readSecretKey(folder) {
  return read(folder) ?? makeSecretKey(folder);
}
