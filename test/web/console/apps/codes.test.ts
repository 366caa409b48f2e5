/** QR codes and topics on the console: made, drawn, downloaded, counted day by day; topics made, changed, deleted. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createQrCodeLists, type FoundQrCodes } from '#src/core/qrcode-lists.js';
import { ON_POSTGRES } from '#test/support/database.js';
import type { Browser } from '#test/support/sign-in.js';
import { openWorld, type World } from '#test/support/world.js';
import { makeApp, type PageApp } from './cast.js';

const DAY_MS = 86_400_000;

let w: World;
let ming: Browser;
let app: PageApp;

beforeAll(async () => {
  w = await openWorld();
  ming = await w.signIn('Ming', { role: 'developer' });
  app = await makeApp(ming, 'codes');
});
afterAll(() => w.close());

async function make(extra: string, valid = '86400'): Promise<string> {
  const answer = await ming.post(`${app.path}/codes`, { extra, valid });
  expect(answer.status).toBe(303);
  return answer.headers.get('location') ?? '';
}

describe('a code', () => {
  it('is made with its parameter, drawn as PNG and SVG, and subscribes who scans it', async () => {
    const path = await make('桌号 7 🍜');
    const page = await ming.get(path);
    expect(page.text).toContain('二维码已生成');
    expect(page.text).toContain('桌号 7 🍜');
    const png = await ming.get(`${path}/picture.png?download=1`);
    expect(png.headers.get('content-type')).toBe('image/png');
    expect(png.headers.get('content-disposition')).toMatch(/^attachment; filename="qingniao-\w+\.png"$/);
    const svg = await ming.get(`${path}/picture.svg`);
    expect([svg.headers.get('content-type'), svg.text.startsWith('<svg')]).toEqual(['image/svg+xml', true]);
    expect(svg.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(svg.headers.get('content-disposition')).toBeNull();
    const url = /(http:\/\/weixin\.qq\.com\/q\/\w+)/.exec(page.text)?.[1] ?? '';
    await w.phone('Ling').scans(url);
    expect((await ming.get(`${app.path}/subscribers`)).text).toContain('桌号 7 🍜');
  });

  it('counts its scans day by day, and forgets them after the month that is drawn', async () => {
    const path = await make('counted', '2592000');
    const scene = path.split('/').at(-1) ?? '';
    const { url } = await w.core.qrcodeLists.getCode({ appId: app.id, topicId: 0 }, scene);
    await w.phone('Ling').scans(url);
    w.clock.advance(2 * DAY_MS);
    await w.phone('Ling').scans(url);
    await w.phone('Wei').scans(url);
    const days = await w.core.qrcodeLists.readScans(scene, 4);
    expect(days.map(({ scans }) => scans)).toEqual([0, 1, 0, 2]);
    const page = await ming.get(path);
    expect(page.text).toContain(`q=${await w.phone('Wei').uid()}`);
    expect(page.text.match(/<rect [^>]*class="bar"/g)).toHaveLength(2);
    w.clock.advance(39 * DAY_MS);
    await w.upkeep.removeOld();
    // No session lasts so long.
    ming = await w.signIn('Ming', { role: 'developer' });
    const left = await w.db.hourFigure.findMany({ where: { name: `scan:${scene}` } });
    expect(left.map(({ value }) => value)).toEqual([2]);
  });

  it.each([
    ['no parameter', { extra: ' ', valid: '1800' }, 'f-extra-error'],
    ['65 characters', { extra: '字'.repeat(65), valid: '1800' }, 'f-extra-error'],
    ['another time', { extra: 'x', valid: '31536000' }, 'f-valid-error'],
    ['no time', { extra: 'x', valid: '' }, 'f-valid-error'],
  ])('with %s is refused beside the field', async (_, fields, mark) => {
    const answer = await ming.post(`${app.path}/codes`, fields);
    expect([answer.status, answer.text.includes(`id="${mark}"`)]).toEqual([422, true]);
  });

  it('that ended says so', async () => {
    const path = await make('short', '1800');
    w.clock.advance(1_800_000);
    expect((await ming.get(path)).text).toContain('已过期');
    expect((await ming.get(`${app.path}/codes`)).text).toContain('short');
  });

  it.each(['nobody', '%00', '..%2f..', 'a'.repeat(300)])('is not found by %s', async (scene) => {
    expect((await ming.get(`${app.path}/codes/${scene}`)).status).toBe(404);
    expect((await ming.get(`${app.path}/codes/${scene}/picture.png`)).status).toBe(404);
  });

  it('is listed newest first, page by page, by an index', async () => {
    const many = await makeApp(ming, 'many');
    for (let at = 0; at < 21; at += 1) {
      w.clock.advance(1000);
      await ming.post(`${many.path}/codes`, { extra: `no-${at}.`, valid: '86400' });
    }
    const first = await ming.get(`${many.path}/codes`);
    expect([first.text.includes('no-20.'), first.text.includes('no-0.')]).toEqual([true, false]);
    const next = /href="([^"]+before=[^"]+)"/.exec(first.text)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const second = await ming.get(next);
    expect([second.text.includes('no-0.'), second.text.includes('no-1.')]).toEqual([true, false]);
    expect(second.text).toContain('回到最新');
  });

  it('is deleted after one is asked, subscribes nobody from then on, and leaves who came by it', async () => {
    const path = await make('to go');
    const scene = path.split('/').at(-1) ?? '';
    const { url } = await w.core.qrcodeLists.getCode({ appId: app.id, topicId: 0 }, scene);
    await w.phone('Early').scans(url);
    const other = await w.signIn('Other', { role: 'developer' });
    expect((await other.post(`${path}/delete`)).status).toBe(404);
    expect((await ming.post(`${path}/delete`, { csrf: 'x' })).status).toBe(403);
    expect((await ming.get(path)).text).toMatch(
      /<details class="panel danger fold">[\s\S]*删除后扫码不再订阅/,
    );
    const after = await ming.submit(`${path}/delete`);
    expect(after.text).toContain('二维码「to go」已删除');
    expect(after.text).not.toContain(scene);
    expect((await ming.get(path)).status).toBe(404);
    expect((await ming.post(`${path}/delete`)).status).toBe(404);
    await w.phone('Late').scans(url);
    const people = (await ming.get(`${app.path}/subscribers`)).text;
    expect(people).toContain(await w.phone('Early').uid());
    expect(people).not.toContain(await w.phone('Late').uid());
    const audit = await w.db.auditEntry.findFirstOrThrow({ where: { action: 'qrcode.delete' } });
    expect(audit).toMatchObject({ target: `app ${app.id}`, detail: 'to go' });
  });

  it('that lasts cannot be deleted, nor one of another place', async () => {
    const { scene } = await w.core.qrcodes.getDefault(app.id);
    expect((await ming.get(`${app.path}/codes/${scene}`)).text).not.toContain('danger fold');
    expect((await ming.post(`${app.path}/codes/${scene}/delete`)).status).toBe(404);
    const path = await make('here');
    const there = await makeApp(ming, 'there');
    expect((await ming.post(path.replace(app.path, there.path).concat('/delete'))).status).toBe(404);
    expect((await ming.get(path)).status).toBe(200);
  });
});

describe('ten thousand codes', () => {
  const COUNT = 10_000;
  let many: PageApp;
  const here = () => ({ appId: many.id, topicId: 0 });

  beforeAll(async () => {
    many = await makeApp(ming, 'ten thousand');
    const start = w.clock.now();
    const rows = Array.from({ length: COUNT }, (_, at) => ({
      scene: `many_${at}`,
      code: `many-${at}`,
      ...here(),
      extra: `shop-${at}.`,
      permanent: false,
      ticket: 't',
      url: `http://weixin.qq.com/q/many${at}`,
      // Ten of each moment: none may be passed over or come twice.
      createdAt: new Date(start + Math.floor(at / 10)),
      expiresAt: new Date(start + DAY_MS),
    }));
    for (let at = 0; at < COUNT; at += 1000) {
      await w.db.qrCode.createMany({ data: rows.slice(at, at + 1000) });
      // Lets the loop turn: a connection that waits too long would be closed under the next request.
      await ming.get(many.path);
    }
  });

  it('are walked by a cursor, each once', async () => {
    const seen = new Set<string>();
    let before: string | null = '';
    let count = 0;
    while (before !== null) {
      const found: FoundQrCodes = await w.core.qrcodeLists.searchCodes(here(), { before, take: 333 });
      for (const { scene } of found.items) {
        seen.add(scene);
        count += 1;
      }
      before = found.before;
    }
    expect([seen.size, count]).toEqual([COUNT, COUNT]);
  });

  it('are found by parameter or scene, on the page and part by part', async () => {
    const page = await ming.get(`${many.path}/codes?q=shop-4711.`);
    expect([page.text.includes('shop-4711.'), page.text.includes('shop-4712.')]).toEqual([true, false]);
    expect((await ming.get(`${many.path}/codes?q=many_42`)).text).toContain('shop-42.');
    expect((await ming.get(`${many.path}/codes?q=nowhere`)).text).toContain('没有找到这样的二维码');
    expect((await ming.get(`${many.path}/codes?before=nonsense`)).text).toContain('shop-9999.');
    const deps = { db: w.db, clock: w.core.clock };
    const lists = createQrCodeLists(deps as Parameters<typeof createQrCodeLists>[0], 3003);
    const seen: string[] = [];
    let before: string | null = '';
    let parts = 0;
    while (before !== null) {
      const found: FoundQrCodes = await lists.searchCodes(here(), { text: 'shop-77', before, take: 20 });
      seen.push(...found.items.map(({ extra }) => extra));
      before = found.before;
      parts += 1;
    }
    expect([seen.length, new Set(seen).size, parts > 4]).toEqual([111, 111, true]);
  });

  it('are read by an index, however deep in the list', async () => {
    const { explain, no, at } = ON_POSTGRES
      ? { explain: 'EXPLAIN', no: 'false', at: `'2030-01-01'` }
      : { explain: 'EXPLAIN QUERY PLAN', no: '0', at: '5' };
    await w.db.$executeRawUnsafe('ANALYZE "QrCode"');
    const plan = await w.db.$queryRawUnsafe<Record<string, string>[]>(
      `${explain} SELECT * FROM "QrCode" WHERE "appId" = 1 AND "topicId" = 0 AND "permanent" = ${no} AND "createdAt" <= ${at}
         AND ("createdAt" < ${at} OR "scene" < 'x') ORDER BY "createdAt" DESC, "scene" DESC LIMIT 21`,
    );
    const steps = plan.map((step) => step.detail ?? step['QUERY PLAN'] ?? '').join('\n');
    expect(steps).toMatch(
      /^SEARCH .*QrCode"? USING INDEX \S+createdAt_scene_idx .*createdAt<\?|Index Scan Backward using "\S+createdAt_scene_idx"/,
    );
    expect(steps).not.toMatch(/sort|TEMP B-TREE/i);
  });
});

describe('a topic', () => {
  const fields = {
    name: '周报 📰',
    alias: 'weekly',
    description: '每周一早上',
    contact: '@编辑',
    receipt: '谢谢订阅',
  };

  it('is made, changed and deleted, with codes of its own', async () => {
    expect((await ming.get(`${app.path}/topics`)).text).toContain('还没有主题');
    const made = await ming.submit(`${app.path}/topics`, fields);
    expect(made.text).toContain('主题已创建');
    const path = new RegExp(`action="(${app.path}/topics/\\d+)"`).exec(made.text)?.[1] ?? '';
    const id = Number(path.split('/').at(-1));
    expect(await w.core.topics.getTopic(app.id, id)).toMatchObject(fields);
    expect((await ming.submit(path, { ...fields, name: '月报', alias: '' })).text).toContain('月报');
    expect(await w.core.topics.getTopic(app.id, id)).toMatchObject({ name: '月报', alias: null });
    const code = await ming.submit(`${path}/codes`, { extra: 'A', valid: '86400' });
    expect(code.text).toContain('二维码已生成');
    const wrong = await ming.post(`${path}/delete`, { typed: '周报' });
    expect([wrong.status, wrong.text.includes('与名称不一致')]).toEqual([422, true]);
    expect((await ming.submit(`${path}/delete`, { typed: '月报' })).text).toContain('「月报」已删除');
    expect((await ming.get(path)).status).toBe(404);
  });

  it.each([
    ['no name', { name: '' }, 'f-name-error'],
    ['a long alias', { name: 'x', alias: 'a'.repeat(65) }, 'f-alias-error'],
    ['a long receipt', { name: 'x', receipt: 'a'.repeat(601) }, 'f-receipt-error'],
  ])('with %s is refused beside the field', async (_, wrong, mark) => {
    const answer = await ming.post(`${app.path}/topics`, { description: '留着', ...wrong });
    expect([answer.status, answer.text.includes(`id="${mark}"`), answer.text.includes('留着')]).toEqual([
      422,
      true,
      true,
    ]);
  });

  it('cannot take the alias of another', async () => {
    const [one, two] = [
      await w.core.topics.createTopic(app.id, { name: 'one', alias: 'taken' }),
      await w.core.topics.createTopic(app.id, { name: 'two' }),
    ];
    for (const path of [`${app.path}/topics`, `${app.path}/topics/${two.id}`]) {
      const answer = await ming.post(path, { name: 'two', alias: 'taken' });
      expect([answer.status, answer.text.includes('id="f-alias-error"')]).toEqual([422, true]);
    }
    expect((await ming.post(`${app.path}/topics/${one.id}`, { name: 'one', alias: 'taken' })).status).toBe(
      303,
    );
  });
});
