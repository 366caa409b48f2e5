// A bug on purpose: a database that takes no writes just now counts as a bug of the server.
import { isAway as judge } from '#src/store/away.js';

export * from '#src/store/away.js';

export function isAway(error) {
  return (
    !/25006|read-only/.test(`${error?.code} ${error?.message} ${JSON.stringify(error?.meta)}`) && judge(error)
  );
}
