/** Turns host names into addresses without letting a dead name server hold up the rest of the process. */
import { Resolver } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';

/** One address of a host. */
export interface HostAddress {
  address: string;
  family: 4 | 6;
}

/** Gives all addresses of a host name, at least one; rejects when it has none. */
export type ResolveHost = (hostname: string) => Promise<HostAddress[]>;

/**
 * The system's look-up (hosts file, search domains) runs on libuv's four threads, which files and hashes share; a name
 * whose server is silent keeps one for many seconds. So only one such look-up runs at a time.
 */
const MAX_SYSTEM_LOOKUPS = 1;

/**
 * Makes a resolver that asks DNS directly (on the event loop, 2 tries of `timeoutMs` each), and the system's own look-up
 * only for names without a dot or names that DNS does not know.
 */
export function createHostResolver(timeoutMs = 2_000): ResolveHost {
  const resolver = new Resolver({ timeout: timeoutMs, tries: 2 });
  const lookUpOneByOne = limit(MAX_SYSTEM_LOOKUPS, lookUp);
  return async (hostname) => {
    const family = isIP(hostname);
    if (family === 4 || family === 6) {
      return [{ address: hostname, family }];
    }
    if (!hostname.includes('.') || hostname.endsWith('.localhost')) {
      return lookUpOneByOne(hostname);
    }
    const [v4, v6] = await Promise.all([query(resolver, hostname, 4), query(resolver, hostname, 6)]);
    const found = [...v4.addresses, ...v6.addresses];
    if (found.length > 0) {
      return found;
    }
    if (v4.unanswered && v6.unanswered) {
      throw new Error('the name servers do not answer');
    }
    return lookUpOneByOne(hostname);
  };
}

interface QueryResult {
  addresses: HostAddress[];
  /** The servers were silent, as opposed to: they know of no such address. */
  unanswered: boolean;
}

function query(resolver: Resolver, hostname: string, family: 4 | 6): Promise<QueryResult> {
  return new Promise((resolve) => {
    const done = (error: NodeJS.ErrnoException | null, addresses: string[]) =>
      resolve({
        addresses: error ? [] : addresses.map((address) => ({ address, family })),
        unanswered: error?.code === 'ETIMEOUT',
      });
    if (family === 4) {
      resolver.resolve4(hostname, done);
    } else {
      resolver.resolve6(hostname, done);
    }
  });
}

async function lookUp(hostname: string): Promise<HostAddress[]> {
  const found = await lookup(hostname, { all: true });
  return found.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));
}

function limit<In, Out>(max: number, run: (item: In) => Promise<Out>): (item: In) => Promise<Out> {
  const waiting: (() => void)[] = [];
  let active = 0;
  return async (item) => {
    if (active >= max) {
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else {
      active += 1;
    }
    try {
      return await run(item);
    } finally {
      // The slot passes straight to the next in line, so `active` stays.
      const next = waiting.shift();
      if (next) {
        next();
      } else {
        active -= 1;
      }
    }
  };
}
