/** The log formats that docs/running.md gives for proxies: none of our addresses' keys passes them. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWorld, type World } from '#test/support/world.js';

const text = readFileSync(fileURLToPath(new URL('../../docs/running.md', import.meta.url)), 'utf8');
const KEY = 'k3yk3yk3yk3yk3yk3yk3yk';
/** What opens by its address alone, besides the doors in. */
const PAGES = ['/m/:key', '/k/:key', '/s/:key', '/s/:key/qr.png', '/sign-in/question/:key'];

let w: World;
beforeAll(async () => {
  w = await openWorld();
});
afterAll(() => w.close());

/** nginx: what the map shows for a path. */
function showByNginx(path: string): string {
  const [, pattern = '', shown = ''] = /"~(\^[^"]+)" "([^"]+)";/.exec(text) ?? [];
  const match = new RegExp(pattern).exec(path);
  return match ? shown.replace('$1', match[1] ?? '') : '/…';
}

/** Caddy: what is left of an address, query included. */
function showByCaddy(path: string): string {
  const [, pattern = '', shown = ''] = /request>uri regexp "([^"]+)" "([^"]+)"/.exec(text) ?? [];
  expect(pattern).not.toBe('');
  return `${path}?token=${KEY}`.replace(new RegExp(pattern), shown);
}

describe.each([
  ['nginx', showByNginx],
  ['Caddy', showByCaddy],
])('%s', (_, show) => {
  it('shows no key of any address', () => {
    const dialects = w.doors.dialects.flatMap(({ name, routes }) =>
      routes.flatMap(({ path }) => [path, `/${name}${path}`]),
    );
    const paths = [...dialects, ...PAGES].map((path) => path.replace(/[:*]\w+/g, KEY));
    expect(paths.length).toBeGreaterThan(200);
    expect(paths.filter((path) => show(path).includes(KEY))).toEqual([]);
  });

  it('shows what the rest is', () => {
    expect(show('/api/v1/apps/1')).toMatch(/api\/v1/);
    expect(show('/console')).toMatch(/console/);
    expect(show('/metrics')).toMatch(/metrics/);
    expect(show('/mexico')).not.toMatch(/me/);
  });
});
