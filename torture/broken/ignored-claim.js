// A bug on purpose: what one has claimed another takes as well, as if nobody looked at the claims.
import { claimDue as claim } from '#src/store/claims.js';

export * from '#src/store/claims.js';

export async function claimDue(db, request) {
  const rows = await claim(db, request);
  return [...rows, ...rows.map((row) => ({ ...row }))];
}
