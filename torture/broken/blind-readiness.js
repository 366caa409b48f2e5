// A bug on purpose: the server is always ready.
export function createReadiness() {
  return async () => ({ ready: true });
}
