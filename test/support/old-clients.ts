/** Lets tests run clients as their authors published them, on Node versions that are about to take away what those use. */
import { afterAll, beforeAll } from 'vitest';

/** In the tests of this file nothing is deprecated: what runs here is another's. All other tests fail by a deprecation. */
export function letClientsBeOld(): void {
  beforeAll(() => {
    process.noDeprecation = true;
  });
  afterAll(() => {
    process.noDeprecation = false;
  });
}
