/** Every page behind sign-in speaks one language: no Chinese for who reads English, and no English prose for who reads Chinese. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { PublishCommand } from '#src/core/types.js';
import { ON_POSTGRES } from '#test/support/database.js';
import type { Browser } from '#test/support/sign-in.js';
import { openWorld, type World } from '#test/support/world.js';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 });

/** What people typed, in the fixture: any Chinese, or any English, beside it is the program's own. */
const TYPED = /zz[\w-]*/g;
/** Names that are written so in both languages, the link to the other language, and the words of the platform's own templates. */
const NAMES = /Server酱|方糖|中文|标题|内容|时间|消息提醒|消息通知|订阅模板消息|“[^”]*”/g;
const HAN = /\p{Script=Han}/u;
/** Four words in a row are prose; names and terms have fewer. */
const PROSE = /\b[a-z’]+(?: [a-z’]+){3,}\b/;
const MOST_OF_A_KIND = 3;

let w: World;
const readers = new Map<string, Browser>();

beforeAll(async () => {
  w = await openWorld({ mail: true, countTokens: false });
  await fill(await w.signIn('zzBoss', { role: 'operator' }), 'operator');
  await fill(await w.signIn('zzDev', { role: 'developer' }), 'developer');
});
afterAll(() => w.close());

describe.each(['operator', 'developer'])('a signed-in %s', (role) => {
  it('reads no Chinese in English', async () => {
    const pages = await crawl(role, 'en-US');
    expect(pages.size).toBeGreaterThan(25);
    expect([...pages].flatMap(([path, texts]) => foreignIn(path, texts, (text) => HAN.test(text)))).toEqual(
      [],
    );
  });

  it('reads no English prose in Chinese', async () => {
    const pages = await crawl(role, 'zh-CN');
    const isProse = (text: string) => !HAN.test(text) && PROSE.test(text);
    expect([...pages].flatMap(([path, texts]) => foreignIn(path, texts, isProse))).toEqual([]);
  });
});

it.each([
  ['en-US', HAN],
  ['zh-CN', PROSE],
])('what is refused is refused in the reader’s words: %s', async (language, foreign) => {
  const browser = readers.get('operator');
  const refusals = [
    ['/console/apps', { name: '' }],
    ['/console/settings', { retentionDays: '0', callsPerTenSeconds: 'x', 'keep-bark': '0' }],
    ['/console/plans', { code: 'Bad Code', name: '', callsPerDay: '0' }],
    ['/console/plans', { code: 'zzplan', name: 'zz' }],
    ['/console/channels', { kind: 'webhook', code: 'zz hook', url: 'ftp://x' }],
    ['/console/channels', { kind: 'webhook', code: 'zzhook', url: 'http://127.0.0.1/' }],
    ['/console/channels', { kind: 'mail', code: 'zzmail' }],
    ['/console/apps/999999', {}],
  ] as const;
  for (const [path, fields] of refusals) {
    const answer = await browser?.post(path, fields, { 'accept-language': language });
    expect(answer?.status).toBeGreaterThanOrEqual(400);
    expect(foreignIn(path, textsOf(answer?.text ?? ''), (text) => foreign.test(text))).toEqual([]);
  }
});

/** Opens every page that links lead to, some of each kind; their texts by path. */
async function crawl(role: string, language: string): Promise<Map<string, string[]>> {
  const browser = readers.get(role);
  const pages = new Map<string, string[]>();
  const kinds = new Map<string, number>();
  const next = ['/console', '/me', '/console/nowhere'];
  for (let path = next.shift(); path !== undefined; path = next.shift()) {
    const kind = path
      .replace(/=[^&]*/g, '=')
      .replace(/\d+/g, '0')
      .replace(/UID_\w+/, 'UID');
    const seen = kinds.get(kind) ?? 0;
    if (seen >= MOST_OF_A_KIND || pages.has(path)) {
      continue;
    }
    kinds.set(kind, seen + 1);
    const answer = await browser?.get(path, { 'accept-language': language });
    if (answer?.headers.get('content-type')?.startsWith('text/html') && answer.status !== 303) {
      pages.set(path, textsOf(answer.text));
      const links = answer.text.matchAll(/href="(\/(?:console|me)(?:[/?][^"#]*)?)"/g);
      next.push(
        ...[...links].map(([, link = '']) => link.replaceAll('&amp;', '&')).filter((to) => !/lang=/.test(to)),
      );
    }
  }
  return pages;
}

/** What a page says: its texts, and the attributes that are read out or shown. */
function textsOf(html: string): string[] {
  const shown = withoutMarked(html)
    .replace(/<(script|style|code|pre|textarea)\b[\s\S]*?<\/\1>/g, ' ')
    .replace(/\b(?:datetime|value|href|src|name|id|class)="[^"]*"/g, '');
  const attributes = [
    ...shown.matchAll(
      /\b(?:title|alt|aria-label|placeholder|data-(?:confirm|label|name|copied|copy-failed))="([^"]*)"/g,
    ),
  ];
  return [...attributes.map(([, text = '']) => text), ...shown.split(/<[^>]*>/)]
    .map((text) => text.replace(TYPED, '').replace(NAMES, '').replace(/\s+/g, ' ').trim())
    .filter((text) => text !== '');
}

/** Leaves out what a page marks as Chinese: what other people read in WeChat. */
function withoutMarked(html: string): string {
  const opening = /<(?!html)(\w+)\b[^>]*\blang="zh-CN"[^>]*>/.exec(html);
  if (!opening) {
    return html;
  }
  const ends = new RegExp(`<(/?)${opening[1]}\\b[^>]*>`, 'g');
  ends.lastIndex = opening.index;
  let depth = 0;
  for (let tag = ends.exec(html); tag; tag = ends.exec(html)) {
    depth += tag[1] === '/' ? -1 : 1;
    if (depth === 0) {
      return html.slice(0, opening.index) + withoutMarked(html.slice(ends.lastIndex));
    }
  }
  return html;
}

function foreignIn(path: string, texts: readonly string[], isForeign: (text: string) => boolean): string[] {
  return [...new Set(texts.filter(isForeign))].map((text) => `${path}: ${text}`);
}

/** A server as it looks after a while, with an outcome of every kind. */
async function fill(browser: Browser, role: 'operator' | 'developer'): Promise<void> {
  readers.set(role, browser);
  const name = role === 'operator' ? 'zzBoss' : 'zzDev';
  const uid = await w.phone(name).uid();
  const { personId } = await w.core.people.getByUid(uid);
  const made = await browser.post('/console/apps', { name: `zz${role}`, description: 'zzdescription' });
  const appId = Number(/href="\/console\/apps\/(\d+)"/.exec(made.text)?.[1]);
  const topic = await w.core.topics.createTopic(appId, { name: 'zztopic', description: 'zz' });
  await w.core.qrcodes.createParameterised({ appId, extra: 'zz', validSeconds: 600 });
  await w.core.callbacks.setCallback(appId, w.webhook('zzhook'));
  await w.sim('/webhook/zzhook/answer', { status: 500, times: 2 });
  for (const at of [1, 2, 3]) {
    const phone = w.phone(`zzFollower${at}${role}`);
    await phone.follows();
    const person = await w.core.people.getByUid(await phone.uid());
    await w.core.subscriptions.subscribe({ ...person, appId, topicId: 0, source: 'scan', extra: '' });
  }
  await addChannels(personId);
  await w.core.keys.createKey(personId, 'sendkey', { name: 'zzkey' });
  const send = (own: Partial<PublishCommand>) =>
    w.core.publish({
      appId,
      senderId: personId,
      title: 'zztitle',
      body: 'zzbody',
      format: 'text',
      audience: { people: [personId], topics: [] },
      targets: [{ uid }],
      source: 'console',
      ...own,
    });
  for (const errcode of [43004, 47003, 40037, 45009]) {
    await w.sim('/faults', { path: '/wechat/cgi-bin/message/template/send', errcode, count: 1 });
    await send({ appId: null });
    await w.drain();
  }
  await send({ appId: null, sendAt: new Date(w.clock.now() + 3_600_000) });
  await send({ audience: { people: [], topics: [topic.id] } });
  if (role === 'operator') {
    await browser.post('/console/plans', { code: 'zzplan', name: 'zzplan' });
    if (!ON_POSTGRES) {
      await w.core.backups.makeBackup();
    }
    await browser.post('/console/settings', {
      registration: 'closed',
      retentionDays: '30',
      serverchan: 'none',
      pushplus: 'none',
    });
  }
  w.core.overview.forget();
  // Reads the notice that the last form left.
  await browser.get('/console');
}

/** One channel of each kind, each having failed. */
async function addChannels(personId: number): Promise<void> {
  const settings: Record<string, Record<string, string>> = {
    webhook: { url: w.webhook('zzfails') },
    bark: { key: 'zzdead', server: w.simulatorUrl },
  };
  await w.sim('/webhook/zzfails/answer', { status: 404, times: 9 });
  for (const [kind, config] of Object.entries(settings)) {
    const { id } = await w.core.channels.createChannel(personId, { kind, code: `zz${kind}`, config });
    await w.core.channels.testChannel({ personId, uid: '' }, id);
  }
}
