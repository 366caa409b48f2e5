// A bug on purpose: what a process had claimed that is gone stays claimed for ever.
export * from '#src/store/claims.js';

export async function releaseClaims() {
  return 0;
}

export async function releaseLapsed() {
  return 0;
}
