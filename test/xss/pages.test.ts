/** In a real browser, on every kind of page, whatever anybody wrote runs nothing, loads nothing and changes nothing of ours. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { TEMPLATES } from '#src/dialects/pushplus/templates/index.js';
import type { MadeApp } from '#test/support/builders.js';
import type { Browser, Role } from '#test/support/sign-in.js';
import { openWorld, type World } from '#test/support/world.js';
import { CORPUS, SHORT } from './corpus.js';
import { hasBrowser, skippedBecause, startWatch, type Watch } from './watch.js';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });

const CONTENT_TYPES = { text: 1, html: 2, markdown: 3 } as const;
/** So many pages of one shape show what they show. */
const SAME_SHAPE = 2;

it('the corpus is large', () => {
  expect(new Set(CORPUS).size).toBeGreaterThanOrEqual(120);
  expect(SHORT.length).toBeGreaterThanOrEqual(30);
});

describe.skipIf(!hasBrowser)(`in Chromium${skippedBecause}`, () => {
  let w: World;
  let app: MadeApp;

  beforeAll(async () => {
    w = await openWorld({ countTokens: false });
    app = await w.app(SHORT[0] ?? '').made();
  });
  afterAll(() => w?.close());

  /** Somebody new with keys, whose phone holds nothing yet. */
  async function meet(name: string) {
    const phone = w.phone(name);
    await phone.scans(app.qrcodeUrl);
    const uid = await phone.uid();
    const keyOf = async (kind: string): Promise<string> =>
      ((await w.admin(`/users/${uid}/keys`, { kind })).json as { key: string }).key;
    /** The pages that this person's cards lead to, oldest first. */
    const listPages = async (): Promise<string[]> => {
      await w.drain();
      return (await phone.cards()).reverse().flatMap(({ url }) => (url ? [url] : []));
    };
    return { phone, uid, keyOf, listPages };
  }

  /** Looks at each and collects what was wrong. */
  async function lookAll(watch: Watch, pages: readonly { what: string; url: string }[]): Promise<string[]> {
    const wrong: string[] = [];
    for (const { what, url } of pages) {
      const found = await watch.look(url);
      wrong.push(...found.map((one) => `${what}: ${one}`));
    }
    return wrong;
  }

  it.each(Object.entries(CONTENT_TYPES))('messages as %s', async (name, contentType) => {
    const watch = await startWatch();
    const { uid, listPages } = await meet(`reader of ${name}`);
    // As text nothing is read as markup: a part of them does.
    const contents = CORPUS.filter((_, at) => name !== 'text' || at % 4 === 0);
    for (const content of contents) {
      const summary = content.slice(0, 20);
      const body = { appToken: app.appToken, content, contentType, summary, uids: [uid] };
      const sent = await w.call('/api/send/message', { body });
      expect(sent.json).toMatchObject({ code: 1000 });
    }
    const urls = await listPages();
    expect(urls.filter((url) => url.includes('/m/')).length).toBe(contents.length);
    const pages = urls.map((url, at) => ({ what: contents[at] ?? '', url }));
    expect(await lookAll(watch, pages)).toEqual([]);
    await watch.close();
  });

  it('contents of the other dialects, by title and text', async () => {
    const watch = await startWatch();
    const { keyOf, listPages } = await meet('reader of all');
    const [pushplus, sendkey, bark, ntfy, gotify, pushdeer] = await Promise.all(
      ['pushplus', 'sendkey', 'bark', 'ntfy', 'gotify', 'pushdeer'].map(keyOf),
    );
    const extras = { 'client::display': { contentType: 'text/markdown' } };
    for (const text of SHORT.slice(0, 12)) {
      const link = 'javascript:hit()';
      await w.call('/send', { body: { token: pushplus, title: text, content: text } });
      await w.call(`/${sendkey}.send`, { body: { title: text, desp: `${text}\n\n${text}` } });
      await w.call('/push', {
        body: { device_key: bark, title: text, markdown: text, group: text, url: link },
      });
      await w.call('/', {
        body: { topic: ntfy, title: text, message: text, markdown: true, tags: [text], click: link },
      });
      await w.call(`/message?token=${gotify}`, { body: { title: text, message: text, extras } });
      await w.call('/message/push', { body: { pushkey: pushdeer, text, desp: text, type: 'markdown' } });
    }
    const urls = await listPages();
    expect(urls.length).toBeGreaterThan(30);
    expect(
      await lookAll(
        watch,
        urls.map((url) => ({ what: url, url })),
      ),
    ).toEqual([]);
    await watch.close();
  });

  it.each(TEMPLATES)('PushPlus template %s', async (template) => {
    const watch = await startWatch();
    const { keyOf, listPages } = await meet(`reader of template ${template}`);
    const token = await keyOf('pushplus');
    for (const text of SHORT.filter((_, at) => at % 12 === 0)) {
      const shapes = [
        text,
        JSON.stringify({ [text]: text, list: [text, { [text]: text }] }),
        JSON.stringify({
          name: text,
          title: text,
          alertName: text,
          payload: { build: { status: text, log: text } },
        }),
      ];
      for (const content of shapes) {
        await w.call('/send', { body: { token, title: text, content, template } });
      }
    }
    const urls = await listPages();
    expect(urls.length).toBeGreaterThan(0);
    expect(
      await lookAll(
        watch,
        urls.map((url) => ({ what: `${template} ${url}`, url })),
      ),
    ).toEqual([]);
    await watch.close();
  });

  /** Puts a text wherever a name, a remark or a parameter is kept. */
  async function writeEverywhere(): Promise<void> {
    for (const [at, text] of SHORT.slice(0, 10).entries()) {
      const made = await w.admin('/apps', { name: text, description: text });
      if (made.status === 201) {
        const { id, appToken, qrcodeUrl } = made.json as MadeApp;
        await w.admin(`/apps/${id}/topics`, { name: text, description: text });
        await w.call('/api/fun/create/qrcode', { body: { appToken, extra: text, validTime: 1800 } });
        const phone = w.phone(text);
        await phone.scans(qrcodeUrl);
        await phone.says(`#${id} ${text}`);
        const person = await w.core.people.getByUid(await phone.uid());
        await w.db.person.update({ where: { id: BigInt(person.personId) }, data: { nickname: text } });
        await w.db.subscription.updateMany({ where: { appId: id }, data: { remark: text } });
        await w.call('/api/send/message', {
          body: { appToken, content: text, summary: text, uids: [person.uid] },
        });
      }
      await w.core.plans.createPlan({ code: `x${at}`, name: text, limits: { callsPerDay: 5 } });
    }
    await w.drain();
  }

  const shapeOf = (path: string): string => path.replace(/\?.*/, '').replace(/\d+|UID_\w+|[\w-]{12,}/g, '*');

  /** Everything that links lead to from these on. */
  async function crawl(browser: Browser, starts: readonly string[]): Promise<string[]> {
    const shapes = new Map<string, number>();
    const found: string[] = [];
    const waiting = [...starts];
    for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
      const met = shapes.get(shapeOf(path)) ?? 0;
      if (found.includes(path) || met >= SAME_SHAPE) {
        continue;
      }
      shapes.set(shapeOf(path), met + 1);
      const { text, headers } = await browser.get(path);
      if (headers.get('content-type')?.includes('html')) {
        found.push(path);
        const links = [...text.matchAll(/<a\b[^>]*\shref="(\/[^"]+)"/g)].map(([, href = '']) =>
          href.replaceAll('&amp;', '&'),
        );
        waiting.push(...links.filter((href) => /^\/(?:console|me)\b/.test(href)));
      }
    }
    return found;
  }

  let written: Promise<void> | null = null;

  it.each<[string, string, Role, number]>([
    ['the console', '/console', 'operator', 30],
    ["a follower's pages", '/me', 'developer', 6],
  ])('%s, where names and remarks are such texts', async (_, start, role, atLeast) => {
    written ??= writeEverywhere();
    await written;
    const browser = await w.signIn(SHORT[1] ?? '', { role });
    const paths = await crawl(browser, [start]);
    expect(paths.length).toBeGreaterThan(atLeast);
    const cookies = [...browser.cookies].map(([name, value]) => ({ name, value, url: w.url }));
    const watch = await startWatch((context) => context.addCookies(cookies));
    expect(
      await lookAll(
        watch,
        paths.map((path) => ({ what: path, url: w.url + path })),
      ),
    ).toEqual([]);
    await watch.close();
  });

  it('the subscribe page and the phone, where chats and cards are such texts', async () => {
    const { phone, uid } = await meet('Ming');
    const openid = await phone.openid();
    for (const text of SHORT.slice(0, 20)) {
      await phone.says(text);
      await w.call('/api/send/message', {
        body: { appToken: app.appToken, content: text, summary: text, uids: [uid] },
      });
    }
    await w.drain();
    const watch = await startWatch((context) =>
      context.addInitScript((person) => localStorage.setItem('qingniao-phone-person', person), openid),
    );
    const pages = [app.subscribeUrl, `${w.simulatorUrl}/`].map((url) => ({ what: url, url }));
    expect(await lookAll(watch, pages)).toEqual([]);
    await watch.close();
  });
});

it('the sentinels see what they are there for', async () => {
  if (!hasBrowser) {
    return;
  }
  const { createServer } = await import('node:http');
  const server = createServer((_request, response) =>
    response
      .setHeader('content-type', 'text/html')
      .end('<main><p onclick=x>x</p><img src=x onerror=hit()><script>alert(1)</script></main>'),
  );
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const watch = await startWatch();
  const found = await watch.look(`http://127.0.0.1:${(server.address() as { port: number }).port}/`);
  expect(found.join('\n')).toMatch(/a dialog[\s\S]*has onclick[\s\S]*a script of/);
  await watch.close();
  server.close();
});
