/** The documentation is served by the server itself, and every link between its files leads somewhere. */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createDocsPage } from '#src/web/pages/index.js';
import { elementsOf, type OpenPages, openPages, policyOf, views } from './open-pages.js';

let pages: OpenPages;
beforeAll(async () => {
  const dir = fileURLToPath(new URL('../../..', import.meta.url));
  pages = await openPages(createDocsPage({ view: views.view, dir }));
});
afterAll(() => pages.close());

async function open(path: string) {
  const response = await fetch(`${pages.url}${path}`);
  return { response, html: await response.text() };
}

it('shows the README as a page', async () => {
  const { response, html } = await open('/README.md');
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  expect(policyOf(response)).toMatchObject({ 'script-src': "'self'", 'img-src': "'self' data:" });
  expect(html).toMatch(/<h1 id="[^"]+">/);
  expect(html).not.toContain('<script');
});

const TEXTS = readdirSync(fileURLToPath(new URL('../../../docs', import.meta.url))).filter((name) =>
  name.endsWith('.md'),
);

it.each([
  '/README.md',
  '/CONTRIBUTING.md',
  '/bench/README.md',
  '/torture/README.md',
  ...TEXTS.map((name) => `/docs/${name}`),
])('%s leads only to what is there', async (path) => {
  const { html } = await open(path);
  const found = elementsOf(html);
  const targets = found
    .flatMap(({ attributes: { href, src } }) => [href, src])
    .filter((target): target is string => target !== undefined && /^[^/:]+$|^\.\.?\//.test(target));
  for (const target of new Set(targets)) {
    const url = new URL(target, `${pages.url}${path}`);
    const there = await open(url.pathname);
    expect([target, there.response.status]).toEqual([target, 200]);
    const anchor = decodeURIComponent(url.hash.slice(1));
    if (anchor !== '') {
      expect(elementsOf(there.html).map(({ attributes }) => attributes.id)).toContain(anchor);
    }
  }
});

it.each([
  '/docs/pictures/..%2f..%2fpackage.json',
  '/docs/none.md',
  '/docs/make-tables.ts',
  '/docs/pictures/none.png',
])('%s is not there', async (path) => {
  expect((await open(path)).response.status).toBe(404);
});
