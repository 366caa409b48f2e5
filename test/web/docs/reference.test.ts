/** The API reference: every call with its anchor, fields, errors and a command that is not refused; every dialect. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ERRORS } from '#src/core/errors.js';
import { createDialects, DIALECT_FEATURES } from '#src/dialects/registry.js';
import { describeApi } from '#src/web/api/index.js';
import { splitBilingual } from '#src/web/docs/bilingual.js';
import { wordOfFeature } from '#src/web/docs/docs-words.js';
import { apiDocument } from '#src/web/docs/document.js';
import { listFields, nameType } from '#src/web/docs/fields.js';
import { createReferencePage } from '#src/web/docs/index.js';
import { type CallView, type ReferenceView, toReference } from '#src/web/docs/reference.js';
import { hasBrowser, type Looker, openLooker, SIGHTS } from '#test/support/look.js';
import { type ApiWorld, openApiWorld } from '#test/web/api/api-world.js';
import { elementsOf, type OpenPages, openPages, policyOf, views } from '#test/web/pages/open-pages.js';

let w: ApiWorld;
let pages: OpenPages;
let reference: ReferenceView;
let calls: CallView[];

beforeAll(async () => {
  w = await openApiWorld();
  const document = describeApi(w.core);
  reference = toReference(apiDocument.parse(document));
  calls = reference.groups.flatMap((group) => group.calls);
  const { publicUrl } = w.core;
  const dialects = createDialects(w.core);
  pages = await openPages(createReferencePage({ view: views.view, document, dialects, publicUrl }));
});
afterAll(async () => {
  await pages.close();
  await w.close();
});

async function open(path = '/docs', language = 'zh-CN') {
  const response = await fetch(`${pages.url}${path}`, { headers: { 'accept-language': language } });
  return { response, html: await response.text() };
}

const idsOf = (html: string): string[] => elementsOf(html).flatMap(({ attributes }) => attributes.id ?? []);

/** Every page of the reference. */
const listPaths = (): string[] => [
  '/docs',
  ...['push', 'events', 'errors', ...reference.groups.map(({ name }) => name)].map((part) => `/docs/${part}`),
];

describe('the page', () => {
  it('names every call of the API, each under its own anchor, in both languages', async () => {
    const { body } = await w.call('GET', '/openapi.json', { token: null });
    const { paths } = body as { paths: Record<string, Record<string, { operationId: string }>> };
    const names = Object.values(paths).flatMap((methods) =>
      Object.values(methods).map(({ operationId }) => operationId),
    );
    expect(names.length).toBeGreaterThan(50);
    expect(calls.map(({ name }) => name).toSorted()).toEqual(names.toSorted());
    for (const language of ['zh-CN', 'en']) {
      const { response, html } = await open('/docs', language);
      expect(response.status).toBe(200);
      expect(idsOf(html)).toEqual(expect.arrayContaining(names));
      for (const group of reference.groups) {
        const page = await open(`/docs/${group.name}`, language);
        expect(idsOf(page.html)).toEqual(expect.arrayContaining(group.calls.map(({ name }) => name)));
      }
    }
  });

  it('keeps the anchors of the time when it was one page', async () => {
    const ids = idsOf((await open()).html);
    expect(ids).toEqual(
      expect.arrayContaining([
        ...['more', 'basics', 'dialects', 'events', 'errors'],
        ...reference.groups.map(({ name }) => name),
        ...createDialects(w.core).map(({ name }) => name),
        ...reference.events.map(({ type }) => `event-${type}`),
        ...Object.keys(ERRORS).map((code) => `error-${code}`),
      ]),
    );
  });

  it('leads only to pages and anchors that there are, and runs nothing but its own scripts', async () => {
    const pagesByPath = new Map<string, { response: Response; html: string }>();
    for (const path of listPaths()) {
      pagesByPath.set(path, await open(path));
    }
    const missing: string[] = [];
    for (const [path, { response, html }] of pagesByPath) {
      expect([path, response.status]).toEqual([path, 200]);
      expect(policyOf(response)).toMatchObject({ 'default-src': "'none'", 'script-src': "'self'" });
      const ids = idsOf(html);
      expect([path, new Set(ids).size]).toEqual([path, ids.length]);
      for (const { name, attributes } of elementsOf(html)) {
        const [to = '', anchor] = (attributes.href ?? '').split('#');
        const there = to === '' ? { html } : pagesByPath.get(to);
        if (name === 'a' && anchor !== undefined && (to === '' || to.startsWith('/docs'))) {
          missing.push(
            ...(there && idsOf(there.html).includes(anchor) ? [] : [`${path}: ${attributes.href}`]),
          );
        }
        const source = attributes['data-copy-from'];
        missing.push(...(source === undefined || ids.includes(source) ? [] : [`${path}: ${source}`]));
      }
    }
    expect(missing).toEqual([]);
  });

  it('finds words in fields and error codes without a script, and says when nothing has them', async () => {
    const search = async (words: string) => (await open(`/docs?q=${encodeURIComponent(words)}`)).html;
    const byField = await search('quietFrom');
    expect(byField).toContain('href="/docs/users#');
    expect(byField).not.toContain('href="/docs/backups#');
    expect(await search('not_found')).toContain('href="/docs/errors#error-not_found"');
    expect(await search('SENDKEY')).toContain('href="/docs/push#serverchan"');
    const nothing = await search('<b>nothing');
    expect(nothing).toContain('没有找到「&lt;b&gt;nothing」');
    expect(nothing).not.toContain('class="entry"');
  });

  it('says of each dialect where it is and what it can say, in words', async () => {
    expect(DIALECT_FEATURES.filter((feature) => wordOfFeature(feature) === null)).toEqual([]);
    const { html } = await open('/docs/push');
    for (const { name, routes } of createDialects(w.core)) {
      expect(html).toContain(`<code>/${name}/</code>`);
      for (const { path } of routes) {
        expect(html).toContain(`<code>${path.replace(/[:*](\w+)/g, '{$1}')}</code>`);
      }
    }
  });

  it('lists every error code with its words', async () => {
    const { html } = await open('/docs/errors', 'en');
    for (const code of Object.keys(ERRORS)) {
      expect(html).toContain(`id="error-${code}"`);
    }
  });
});

describe('each example', () => {
  it('is a command whose body the call understands', async () => {
    const refused: string[] = [];
    for (const { name, curl } of calls) {
      const [, method = 'GET', address = ''] = /curl (?:-X (\w+) )?"([^"]+)"/.exec(curl) ?? [];
      const body = /-d '([\s\S]*)'$/.exec(curl)?.[1];
      const answer = await w.call(method, address.replace(w.core.publicUrl, ''), {
        ...(body === undefined ? {} : { body: JSON.parse(body) as object }),
      });
      const { error } = (answer.body ?? {}) as { error?: { code: string; message: string } };
      // Nothing is there yet that an example names; but what it says must be sayable.
      if (error && /^bad_(?:request|json|encoding)$|too_/.test(error.code)) {
        refused.push(`${name}: ${error.message}`);
      }
    }
    expect(refused).toEqual([]);
  });
});

describe('a text in both languages', () => {
  it.each([
    ['创建应用 Create an app', '创建应用', 'Create an app'],
    ['设置开放接口的安全 IP Say which addresses', '设置开放接口的安全 IP', 'Say which addresses'],
    ['通知 Code 列表 List notify codes', '通知 Code 列表', 'List notify codes'],
    ['0 为应用本身 0: the app itself', '0 为应用本身', '0: the app itself'],
    [
      '移除；可以再次订阅 Remove a subscriber, who may come back',
      '移除；可以再次订阅',
      'Remove a subscriber, who may come back',
    ],
    ['No Chinese at all', 'No Chinese at all', 'No Chinese at all'],
    ['只有中文', '只有中文', '只有中文'],
    ['', '', ''],
  ])('%j is taken apart', (text, zh, en) => {
    expect(splitBilingual(text)).toEqual({ zh, en });
  });
});

describe('a field', () => {
  it('shows what it takes and where it lies', () => {
    const rows = listFields({
      type: 'object',
      required: ['items'],
      properties: {
        items: {
          type: 'array',
          items: { type: 'object', properties: { uid: { type: 'string', maxLength: 9 } } },
        },
        until: { anyOf: [{ type: 'integer', maximum: Number.MAX_SAFE_INTEGER }, { type: 'null' }] },
      },
    });
    expect(
      rows.map(({ name, depth, type, required, limits }) => [name, depth, type, required, limits.zh]),
    ).toEqual([
      ['items', 0, 'object[]', true, ''],
      ['uid', 1, 'string', false, '≤ 9 字符'],
      ['until', 0, 'integer | null', false, ''],
    ]);
    expect(nameType({ type: 'array', items: { enum: ['a', 'b'] } })).toBe('(a | b)[]');
    expect(nameType({})).toBe('any');
  });
});

describe.skipIf(!hasBrowser)('in a browser', () => {
  let looker: Looker;
  beforeAll(async () => {
    looker = await openLooker(pages.url);
  });
  afterAll(() => looker.close());

  it('looks right in a pocket and on a desk, in light and in dark, in both languages', {
    timeout: 180_000,
  }, async () => {
    for (const path of ['/docs', '/docs/messages', '/docs/push', '/docs/events', '/docs/errors']) {
      expect(await looker.look(null, path)).toEqual([]);
    }
    expect(await looker.look(null, '/docs?q=quietFrom', { name: 'docs-found' })).toEqual([]);
    const [pocket, , desk] = SIGHTS;
    const sights = [pocket, desk].flatMap((sight) => sight ?? []);
    for (const path of ['/docs', '/docs/push', '/docs/apps', '/docs?q=nosuchthing']) {
      const name = `${path}-en`;
      expect(await looker.look(null, path, { name, sights, language: 'en-US' })).toEqual([]);
    }
  });

  it('filters the index, and leads on from an anchor of old', async () => {
    const { page, complaints } = await looker.open(null, '/docs#getMessage');
    await page.waitForURL('**/docs/messages#getMessage');
    await page.goto(`${pages.url}/docs`);
    const shown = () => page.locator('.rows li[id]:visible').count();
    const all = await shown();
    expect(all).toBeGreaterThan(calls.length);
    await page.fill('#filter', 'callback replay');
    expect(await shown()).toBe(1);
    await page.fill('#filter', '回调');
    expect(await shown()).toBeGreaterThan(3);
    await page.fill('#filter', 'quietFrom');
    expect(await shown()).toBe(0);
    expect(await page.textContent('.filter [role="status"]')).toContain('按回车');
    await page.press('#filter', 'Enter');
    await page.waitForURL('**/docs?q=quietFrom');
    expect(await shown()).toBeGreaterThan(0);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});
