/** The start page tells what this is, in what state the server is, and how to use it; the small pages around it work too. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { layOutHours } from '#src/web/pages/hours-figure.js';
import { createErrorPage, createHomePage, type HomeState } from '#src/web/pages/index.js';
import { elementsOf, type OpenPages, openPages, policyOf, views } from './open-pages.js';

const calm: HomeState = {
  sandbox: true,
  wechat: { appId: 'wx0000000000000001', token: 'valid' },
  database: 'sqlite',
  queue: { due: 0, oldestDueSeconds: 0 },
  counts: { people: 12, apps: 3, messages24h: 1286, sent24h: 1203, failed24h: 0, unknown24h: 0 },
  version: '0.1.0',
  startedAt: new Date('2026-09-28T05:05:09Z'),
};

let state: HomeState | null = calm;
let pages: OpenPages;

beforeAll(async () => {
  const writeErrorPage = createErrorPage({ view: views.view });
  const home = createHomePage({
    view: views.view,
    sandbox: true,
    openPages: { demo: true, notify: true },
    publicUrl: 'http://localhost:8080',
    describeState: async () => state,
  });
  pages = await openPages(home, (ctx) => writeErrorPage(ctx, ctx.path === '/boom' ? 500 : 404, 'req_1'));
});

afterAll(() => pages.close());

async function open(shown: HomeState | null, path = '/', headers: Record<string, string> = {}) {
  state = shown;
  const response = await fetch(`${pages.url}${path}`, { headers });
  return { response, html: await response.text() };
}

describe('the start page', () => {
  it('of a sandbox says so, and leads to the demo and the phone', async () => {
    const { response, html } = await open(calm);
    expect(policyOf(response)).toMatchObject({ 'default-src': "'none'", 'script-src': "'self'" });
    expect(html).toContain('沙盒模式');
    const links = elementsOf(html).map(({ attributes }) => attributes.href);
    expect(links).toEqual(
      expect.arrayContaining(['/demo', '/simulator/', '/notify', '/README.md', '/openapi.json']),
    );
    expect(html).toContain('<strong>1,286</strong>');
    expect(html).toContain('curl -X POST http://localhost:8080/api/send/message');
    expect(html).not.toContain('<svg');
  });

  it('tells a stranger what this is, and nothing of the server', async () => {
    const { html } = await open(null);
    expect(html).toContain('程序发一个 HTTP 请求');
    expect(html).toContain('/console');
    expect(html).not.toMatch(/运行状态|SQLite|PostgreSQL|wx0000000000000001|1,286|0\.1\.0/);
  });

  it('of a live server shows trouble with advice', async () => {
    const { html } = await open({
      ...calm,
      sandbox: false,
      wechat: { appId: 'wx1', token: 'failing', advice: '加白名单 <1.2.3.4>' },
      queue: { due: 312, oldestDueSeconds: 5400 },
      counts: { ...calm.counts, failed24h: 4 },
    });
    expect(html).toContain('取凭证失败');
    expect(html).toContain('加白名单 &lt;1.2.3.4&gt;');
    expect(html).toContain('312 条待发');
    expect(html).toContain('1.5 h');
  });

  it('draws the last day when it is given', async () => {
    const { html } = await open({ ...calm, perHour: Array.from({ length: 24 }, (_, hour) => hour) });
    expect(elementsOf(html).filter(({ name }) => name === 'rect')).toHaveLength(24);
    expect(html).toContain('最高 23');
  });

  it('changes its language by its link and stays so', async () => {
    const { response, html } = await open(calm, '/?lang=en');
    expect(html).toContain('Sandbox mode');
    const cookie = response.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    expect((await open(calm, '/', { cookie })).html).toContain('Sandbox mode');
    expect((await open(calm, '/')).html).toContain('沙盒模式');
  });
});

describe('the figure of the last hours', () => {
  it('scales to its peak, keeps small hours visible and empty ones empty', () => {
    const { bars, peak, height } = layOutHours([0, 1, 1_000_000]);
    expect(peak).toBe(1_000_000);
    expect(bars.map(({ hoursAgo }) => hoursAgo)).toEqual([2, 1, 0]);
    expect(bars[0]?.height).toBeLessThan(1);
    expect(bars[1]?.height).toBe(2);
    expect(bars[2]?.height).toBe(height);
  });

  it('has no height where nothing happened at all', () => {
    expect(layOutHours([0, 0]).bars.every(({ height }) => height < 1)).toBe(true);
  });
});

describe('error pages', () => {
  it.each([
    ['/nowhere', 404, '没有这个页面'],
    ['/boom', 500, '是服务器的错'],
  ])('%s: %i', async (path, status, words) => {
    const { response, html } = await open(calm, path);
    expect(response.status).toBe(status);
    expect(html).toContain(words);
    expect(html).toContain('req_1');
  });
});

describe('assets', () => {
  it('are found by the pages under addresses that may be kept', async () => {
    const { html } = await open(calm);
    const address = elementsOf(html).find(({ attributes }) => attributes.href?.startsWith('/assets/base.css'))
      ?.attributes.href;
    const response = await fetch(`${pages.url}${address}`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toContain('text/css');
    expect(response.headers.get('cache-control')).toContain('immutable');
    const again = await fetch(`${pages.url}/assets/base.css`, {
      // Node's fetch would add no-cache to a conditional request of its own accord.
      headers: { 'If-None-Match': response.headers.get('etag') ?? '', 'Cache-Control': 'max-age=0' },
    });
    expect(again.status).toBe(304);
    expect(again.headers.get('cache-control')).toBe('public, no-cache');
  });

  it.each(['/assets/none.css', '/assets/..%2flayout.eta', '/assets/%2e%2e/layout.eta', '/assets/'])(
    '%s is not there',
    async (path) => {
      expect((await fetch(`${pages.url}${path}`)).status).toBe(404);
    },
  );

  it('misspelt in a template fail at once', () => {
    expect(() => views.assets.url('bsae.css')).toThrow(/bsae.css/);
  });
});
