/** The notify page: its calls serve its own script only, and in a browser it leads to an address that works. */
import { execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BROWSER_ARGS, BROWSER_PATH } from '#test/support/browser.js';
import { openWorld, type World } from '#test/support/world.js';

let w: World;

beforeAll(async () => {
  w = await openWorld();
  await w.worker.start();
});
afterAll(() => w.close());

const APP = { corpId: 'wwsim0000000001', agentId: '1000002', secret: 'simwecomsecret' };
const CODE = { ...APP, receivers: 'lisi', format: 'text', overflow: 'split' };
const OWN = { 'sec-fetch-site': 'same-origin' };

const run = promisify(execFile);
/** How the examples are run. */
const RUN_BY: Readonly<Record<string, readonly string[]>> = {
  curl: ['sh', '-ec'],
  Shell: ['sh', '-ec'],
  Python: ['python3', '-c'],
  Node: [process.execPath, '-e'],
};
const hasCurl = (source: string): boolean =>
  !source.includes('curl') || spawnSync('curl', ['--version']).status === 0;

const post = (path: string, body: unknown, headers: Record<string, string> = OWN) =>
  w.call(`/notify/api${path}`, { body, headers });

describe('the calls', () => {
  it('verify an app and list its members', async () => {
    const { status, json } = await post('/members', APP);
    expect([status, json]).toEqual([
      200,
      { members: expect.arrayContaining([expect.objectContaining({ userId: 'lisi', name: '李四' })]) },
    ]);
  });

  it('make a code whose examples hold its address', async () => {
    const { json } = await post('/codes', CODE);
    const made = json as { code: string; url: string; examples: { name: string; source: string }[] };
    expect(made.url).toBe(`${w.url}/api/notify/${made.code}`);
    expect(made.examples.map(({ name }) => name)).toEqual(['curl', 'Shell', 'Python', 'Node']);
    expect(made.examples.every(({ source }) => source.includes(made.url))).toBe(true);
  });

  it('give examples that send as they stand', async () => {
    const { json } = await post('/codes', CODE);
    for (const { name, source } of (json as { examples: { name: string; source: string }[] }).examples) {
      const [tool = '', ...args] = RUN_BY[name] ?? [];
      // Every disk is fuller than this.
      const code = source.replace('-ge 90', '-ge 0');
      if (spawnSync(tool, ['--version']).error === undefined && hasCurl(source)) {
        const before = await w.db.message.count();
        await run(tool, [...args, code]);
        expect(await w.db.message.count(), name).toBe(before + 1);
      }
    }
  });

  it.each([
    ['/members', { ...APP, secret: 'wrong' }, 400, 'secret'],
    ['/members', { ...APP, corpId: 'wwsim0000000002' }, 502, undefined],
    ['/members', { ...APP, agentId: 7 }, 400, 'agentId'],
    ['/codes', { ...CODE, receivers: 'nobody' }, 400, 'receivers'],
    ['/codes', { ...CODE, receivers: '' }, 400, 'receivers'],
    ['/codes', { ...CODE, format: 'html' }, 400, 'format'],
    ['/codes', [], 400, 'body'],
  ])('refuse %s with %j by %i, naming the field', async (path, body, status, field) => {
    const refused = await post(path, body);
    const { error } = refused.json as { error: { field?: string; message: string } };
    expect([refused.status, error.field]).toEqual([status, field]);
    expect(error.message).not.toBe('');
    expect(refused.text).not.toContain(APP.secret);
  });

  it.each([
    [{ 'sec-fetch-site': 'cross-site' }],
    [{ origin: 'https://evil.example' }],
    [{}],
    [{ ...OWN, 'content-type': 'text/plain' }],
  ])('refuse what did not come from the page: %j', async (headers) => {
    const before = await w.db.notifyCode.count();
    expect((await post('/codes', CODE, headers)).status).toBe(403);
    expect(await w.db.notifyCode.count()).toBe(before);
  });

  it('refuse a visitor who asks without end, until a minute is over', async () => {
    const statuses = [];
    for (let n = 0; n < 21; n += 1) {
      statuses.push((await post('/members', { ...APP, corpId: '' })).status);
    }
    expect(statuses.at(-1)).toBe(429);
    w.clock.advance(61_000);
    expect((await post('/members', APP)).status).toBe(200);
  });
});

it('the page may load nothing from elsewhere', async () => {
  const { status, headers } = await w.call('/notify');
  expect(status).toBe(200);
  expect(headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(headers.get('content-security-policy')).toContain("connect-src 'self'");
});

const hasBrowser = existsSync(BROWSER_PATH);

describe.skipIf(!hasBrowser)(
  `in Chromium${hasBrowser ? '' : ` (skipped: there is no ${BROWSER_PATH})`}`,
  () => {
    let browser: Browser;

    beforeAll(async () => {
      w.clock.advance(61_000);
      browser = await chromium.launch({ executablePath: BROWSER_PATH, args: BROWSER_ARGS });
    });
    afterAll(() => browser?.close());

    it('a form leads to members, members to an address, and the address to WeCom', async () => {
      const page = await browser.newPage({ locale: 'zh-CN' });
      const errors: string[] = [];
      page.on('pageerror', (error) => errors.push(error.message));
      page.on('console', (line) => line.text().includes('Content Security') && errors.push(line.text()));
      await page.goto(`${w.url}/notify`);
      await page.fill('[name=corpId]', APP.corpId);
      await page.fill('[name=agentId]', APP.agentId);
      await page.fill('[name=secret]', 'wrong');
      await page.click('#app button[type=submit]');
      await page.waitForSelector('#app-answer.bad');
      expect(await page.getAttribute('[name=secret]', 'aria-invalid')).toBe('true');
      expect(await page.isVisible('#step2')).toBe(false);
      await page.fill('[name=secret]', APP.secret);
      await page.click('#app button[type=submit]');
      await page.waitForSelector('#app-answer.good');
      await page.click('#pick button[type=submit]');
      expect(await page.textContent('#pick-answer')).toContain('接收人');
      await page.check('#members input[value=wangwu]');
      await page.click('#pick button[type=submit]');
      await page.waitForSelector('#step3:not([hidden])');
      const address = (await page.textContent('#address')) ?? '';
      await page.close();
      const sent = await w.call(new URL(address).pathname, { body: { content: '由页面而来' } });
      expect(sent.status).toBe(200);
      const { items } = (await w.sim('/inboxes/wecom')).json as { items: { request: { body: unknown } }[] };
      expect(JSON.stringify(items[0]?.request.body)).toContain('wangwu');
      expect(errors).toEqual([]);
    });
  },
);
