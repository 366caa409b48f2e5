/** Names that need no name server; the rest needs a network, which tests have not. */
import { expect, it } from 'vitest';
import { createHostResolver } from '#src/lib/host-resolver.js';

const resolve = createHostResolver();

it('gives an address back as it is', async () => {
  expect(await resolve('192.0.2.1')).toEqual([{ address: '192.0.2.1', family: 4 }]);
  expect(await resolve('2001:db8::1')).toEqual([{ address: '2001:db8::1', family: 6 }]);
});

it('finds a name of the hosts file', async () => {
  const found = await resolve('localhost');
  expect(found.length).toBeGreaterThan(0);
  for (const { address } of found) {
    expect(['127.0.0.1', '::1']).toContain(address);
  }
});

it('serves look-ups that wait for one another', async () => {
  const all = await Promise.all(Array.from({ length: 5 }, () => resolve('localhost')));
  expect(all.map((found) => found.length > 0)).toEqual([true, true, true, true, true]);
});
