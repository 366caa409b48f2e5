// A bug on purpose: a process that was cut off goes on with what others took over meanwhile.
import { createClaimLease as create } from '#src/engine/claim-lease.js';

export * from '#src/engine/claim-lease.js';

export function createClaimLease(deps) {
  return { ...create(deps), isPast: () => false };
}
