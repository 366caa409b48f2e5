// A bug on purpose: a start leaves what a dead process had claimed alone until its lease ends, by whatever clock that was written.
export * from '#src/store/claims.js';

export async function releaseClaims() {
  return 0;
}
