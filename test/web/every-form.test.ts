/** Crawls all pages as each kind of person: every link leads somewhere, every form bears our token and is worth nothing without it. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Browser, Role } from '#test/support/sign-in.js';
import { openWorld, type World } from '#test/support/world.js';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

/** A form of a page that changes something. */
interface FoundForm {
  action: string;
  token: string;
}

/** What a crawl met. */
interface Crawl {
  pages: Map<string, { status: number; text: string }>;
  forms: Map<string, FoundForm>;
}

/** So many pages of one shape are enough: `/console/messages/1` and `/console/messages/2` are one. */
const SAME_SHAPE = 2;
const FORGED = 'f'.repeat(64);
/** The upload of a backup is sent by its script, which carries the token in a header. */
const BY_SCRIPT = '/console/backups/restore/upload';

let w: World;

beforeAll(async () => {
  w = await openWorld();
  const app = await w.app('机房', { callbackUrl: w.webhook('hook') }).made();
  await w.app('机房').made();
  const { personId } = await follow('Boss', app.qrcodeUrl);
  await follow('Dev', app.qrcodeUrl);
  await follow('Ling', app.qrcodeUrl);
  await w.core.topics.createTopic(app.id, { name: '值班' });
  await w.core.plans.createPlan({ code: 'free', name: '免费', limits: { callsPerDay: 2000 } });
  await w.core.channels.createChannel(personId, {
    kind: 'webhook',
    code: 'hook',
    config: { url: w.webhook('mine') },
  });
  const uids = [await w.phone('Boss').uid(), await w.phone('Ling').uid()];
  await w.call('/api/send/message', { body: { appToken: app.appToken, content: 'x', summary: 'y', uids } });
  await w.phone('Ling').says(`#${app.id} 重启`);
  await w.drain();
  await w.core.backups.makeBackup();
});
afterAll(() => w.close());

async function follow(name: string, qrcodeUrl: string) {
  await w.phone(name).scans(qrcodeUrl);
  return w.core.people.getByUid(await w.phone(name).uid());
}

const decode = (text: string): string => text.replaceAll('&amp;', '&').replaceAll('&#39;', "'");
const shapeOf = (path: string): string => path.replace(/\?.*/, '').replace(/\d{1,}|UID_\w+|[\w-]{12,}/g, '*');

/** Opens every page that can be reached by links, from these on. */
async function crawl(browser: Browser, starts: readonly string[]): Promise<Crawl> {
  const found: Crawl = { pages: new Map(), forms: new Map() };
  const shapes = new Map<string, number>();
  const waiting = [...starts];
  for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
    const shape = shapeOf(path);
    const met = shapes.get(shape) ?? 0;
    if (found.pages.has(path) || met >= SAME_SHAPE) {
      continue;
    }
    shapes.set(shape, met + 1);
    const { status, text, headers } = await browser.get(path);
    found.pages.set(path, { status, text });
    if (headers.get('content-type')?.includes('html')) {
      readForms(found, path, text);
      waiting.push(...readLinks(path, text));
    }
  }
  return found;
}

function readLinks(path: string, text: string): string[] {
  return [...text.matchAll(/<a\b[^>]*\shref="([^"]+)"/g)]
    .map(([, href = '']) => new URL(decode(href), `http://here${path}`))
    .filter(({ host, pathname }) => host === 'here' && /^\/(console|me|sign-in|docs)\b/.test(pathname))
    .map(({ pathname, search }) => pathname + search);
}

function readForms(found: Crawl, path: string, text: string): void {
  for (const [, head = '', body = ''] of text.matchAll(/<form\b([^>]*)>(.*?)<\/form>/gs)) {
    const buttons = [...body.matchAll(/\sformaction="([^"]+)"/g)].map(([, action = '']) => action);
    if (/method="post"/.test(head)) {
      const token = /name="csrf" value="([^"]*)"/.exec(body)?.[1] ?? '';
      for (const action of [/\saction="([^"]+)"/.exec(head)?.[1] ?? path, ...buttons]) {
        found.forms.set(shapeOf(decode(action)), { action: decode(action), token });
      }
    }
  }
}

describe.each<[Role, string, readonly string[], number]>([
  ['operator', 'Boss', ['/console', '/me'], 35],
  ['developer', 'Dev', ['/console', '/me'], 15],
  ['follower', 'Ling', ['/me', '/sign-in/join'], 6],
])('everything that a page leads an %s to', (role, name, starts, atLeast) => {
  let browser: Browser;
  let found: Crawl;

  beforeAll(async () => {
    browser = await w.signIn(name, { role });
    found = await crawl(browser, starts);
  });

  it('is there', () => {
    const broken = [...found.pages].filter(([, { status }]) => status !== 200 && status !== 303);
    expect(broken.map(([path, { status }]) => `${path} ${status}`)).toEqual([]);
    expect(found.pages.size).toBeGreaterThan(atLeast);
  });

  it('is ours: no file comes from elsewhere', () => {
    const foreign = [...found.pages].flatMap(([path, { text }]) =>
      [
        ...text.matchAll(
          /<(?:script|link|img|iframe|source|video|audio)\b[^>]*\s(?:src|href)="((?:https?:)?\/\/[^"]+)"/g,
        ),
      ].map(([, address]) => `${path} ${address}`),
    );
    expect(foreign).toEqual([]);
  });

  it('changes nothing without the token of its forms', async () => {
    expect(found.forms.size).toBeGreaterThan(atLeast / 3);
    const before = await countRows();
    for (const { action, token } of found.forms.values()) {
      expect([action, token]).toEqual([action, action === BY_SCRIPT ? '' : await browser.csrf()]);
      const forged = await browser.post(action, { csrf: FORGED });
      const none = await browser.post(action, { csrf: '' });
      const foreign = await browser.post(action, {}, { origin: 'https://evil.example' });
      expect([action, forged.status, none.status, foreign.status]).toEqual([action, 403, 403, 403]);
    }
    expect(await countRows()).toEqual(before);
  });
});

/** What a forged form could have changed, in numbers. */
async function countRows(): Promise<number[]> {
  return Promise.all([
    w.db.app.count(),
    w.db.topic.count(),
    w.db.message.count(),
    w.db.session.count(),
    w.db.auditEntry.count(),
    w.db.subscription.count({ where: { blocked: false } }),
  ]);
}
