/** On the whole server no dialect takes the documentation's addresses for a key, and the start page leads there. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openWorld, type World } from '#test/support/world.js';

let w: World;
beforeAll(async () => {
  w = await openWorld();
});
afterAll(() => w.close());

const HTML = { accept: 'text/html' };

it.each(['/docs', '/README.md', '/docs/dialects.md', '/docs/templates.md', '/notify', '/demo'])(
  '%s is a page',
  async (path) => {
    const response = await fetch(`${w.url}${path}`, { headers: HTML });
    expect([response.status, response.headers.get('content-type')]).toEqual([
      200,
      'text/html; charset=utf-8',
    ]);
    expect(await response.text()).toContain('青鸟');
  },
);

it('shows its pictures', async () => {
  const response = await fetch(`${w.url}/docs/pictures/home.png`);
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'image/png']);
});

it('is led to from the start', async () => {
  const html = await (await fetch(w.url, { headers: HTML })).text();
  for (const path of ['/console', '/me', '/demo', '/docs', '/notify', '/README.md', '/openapi.json']) {
    expect(html).toContain(`href="${path}"`);
  }
});
