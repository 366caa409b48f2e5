/** Looks up several keys of one call: one of a disabled developer fails alone, as an unknown one does. */
import { AppError } from '#src/core/errors.js';
import type { Core } from '#src/core/index.js';
import type { KeyKind } from '#src/core/key-kinds.js';
import type { KeyOwner } from '#src/core/keys.js';

/** Whether something was refused because its developer is disabled. */
export function isDeveloperDisabled(error: unknown): error is AppError {
  return error instanceof AppError && error.code === 'developer_disabled';
}

/** Whom each key stands for: an owner, null for nobody, or the refusal of a disabled developer's. In the order given. */
export function findOwners(
  core: Core,
  kind: KeyKind,
  keys: readonly string[],
): Promise<(KeyOwner | AppError | null)[]> {
  const find = (key: string) =>
    core.keys.findOwner(kind, key).catch((error: unknown) => {
      if (isDeveloperDisabled(error)) {
        return error;
      }
      throw error;
    });
  return Promise.all(keys.map(find));
}

/** The owners among what was found; throws the refusal where there is none but of disabled developers. */
export function livingOwners(found: readonly (KeyOwner | AppError | null)[]): KeyOwner[] {
  const living = found.flatMap((one) => (one === null || one instanceof AppError ? [] : one));
  const refusal = found.find((one) => one instanceof AppError);
  if (living.length === 0 && refusal) {
    throw refusal;
  }
  return living;
}
