// A bug on purpose: a connection that cannot be opened for want of a descriptor ends the process.
import { createSafeFetch as create } from '#src/lib/safe-fetch.js';

export * from '#src/lib/safe-fetch.js';

export function createSafeFetch(options) {
  const http = create(options);
  return {
    ...http,
    fetch: (...args) =>
      http.fetch(...args).catch((error) => {
        if (/EMFILE/.test(`${error?.message} ${error?.cause?.message} ${error?.cause?.code}`)) {
          process.exit(1);
        }
        throw error;
      }),
  };
}
