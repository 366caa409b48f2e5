/** The message page shows what was sent to whoever has its address, and whatever was sent cannot act. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMessagePage, type MessageView } from '#src/web/pages/index.js';
import { HOSTILE_BODIES } from './hostile-messages.js';
import { elementsOf, type OpenPages, openPages, policyOf, views } from './open-pages.js';

const messages = new Map<string, MessageView>();
let pages: OpenPages;

const plain: MessageView = {
  title: '磁盘 <满了>',
  appName: '报警 & 通知',
  sentAt: new Date('2026-09-28T16:05:09Z'),
  format: 'text',
  body: '第一行\n  第二行 https://a.cn/x?a=1&b=2。',
  state: 'shown',
};

beforeAll(async () => {
  pages = await openPages(
    createMessagePage({ view: views.view, findMessage: async (key) => messages.get(key) ?? null }),
  );
});

afterAll(() => pages.close());

/** Puts a message and gets its page, with its body alone. */
async function show(message: Partial<MessageView>, headers: Record<string, string> = {}) {
  messages.set('key', { ...plain, ...message });
  const response = await fetch(`${pages.url}/m/key`, { headers });
  const html = await response.text();
  const body = /<article [^>]*>([\s\S]*)<\/article>/.exec(html)?.[1] ?? '';
  return { response, html, body };
}

describe('a message', () => {
  it('shows title, app, sender and the time in China', async () => {
    const { response, html } = await show({ sender: '小明' });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toContain('text/html');
    expect(html).toContain('<h1>磁盘 &lt;满了&gt;</h1>');
    expect(html).toContain('<span class="app">报警 &amp; 通知</span>');
    expect(html).toContain('发送者 小明');
    expect(html).toContain('>2026-09-29 00:05:09</time>');
  });

  it('of text keeps its line breaks and makes links of addresses', async () => {
    const { body, html } = await show({});
    expect(html).toContain('class="message plain"');
    expect(body).toBe(
      '第一行\n  第二行 <a href="https://a.cn/x?a=1&#38;b=2" target="_blank" rel="noopener noreferrer nofollow">https://a.cn/x?a=1&#38;b=2</a>。',
    );
  });

  it('of Markdown is rendered, with copy buttons', async () => {
    const { body } = await show({ format: 'markdown', body: '**b** <copy data-clipboard-text="1">c</copy>' });
    expect(body).toContain('<strong>b</strong>');
    expect(body).toContain('<button type="button" class="copy" data-clipboard-text="1">c</button>');
  });

  it('with its own colours lies on white paper', async () => {
    expect((await show({ format: 'html', body: '<p style="color:#333">x</p>' })).html).toContain(
      'message rich paper',
    );
    expect((await show({ format: 'html', body: '<p>x</p>' })).html).not.toContain('paper');
  });

  it.each([
    ['https://a.cn/?x="y', true],
    ['javascript:alert(1)', false],
    ['//a.cn', false],
  ])('offers the original link %j: %s', async (url, isOffered) => {
    const { html } = await show({ url });
    expect(html.includes('class="original"')).toBe(isOffered);
    expect(elementsOf(html).filter(({ attributes }) => attributes.href?.startsWith('java'))).toEqual([]);
  });

  it('speaks English to those who prefer it', async () => {
    const { html } = await show({ url: 'https://a.cn' }, { 'Accept-Language': 'en-US,en;q=0.9' });
    expect(html).toContain('<html lang="en">');
    expect(html).toContain('Open the original link');
  });

  it('far over the limit is answered as text', async () => {
    const { response, html, body } = await show({ format: 'html', body: '<b>'.repeat(400_000) });
    expect(response.status).toBe(200);
    expect(html).toContain('以纯文本显示');
    expect(body.length).toBeGreaterThan(1_000_000);
    expect(elementsOf(body)).toEqual([]);
  });
});

describe('a message that cannot be shown', () => {
  it.each(['deleted', 'expired'] as const)(
    'because it is %s says so and shows nothing of it',
    async (state) => {
      const { response, html } = await show({
        state,
        title: 'the title',
        body: 'the body',
        appName: 'the app',
      });
      expect(response.status).toBe(410);
      expect(html).toContain(state === 'deleted' ? '消息已被删除' : '消息已过期');
      expect(html).not.toMatch(/the (title|body|app)/);
    },
  );

  it.each(['unknown', 'a%00b', '..%2f..', 'x'.repeat(500), '%ff'])(
    'under the key %s is 404 with a page',
    async (key) => {
      const response = await fetch(`${pages.url}/m/${key}`);
      expect(response.status).toBe(404);
      expect(await response.text()).toContain('没有这条消息');
    },
  );
});

describe('the headers of a message', () => {
  it('forbid everything but our own files and pictures', async () => {
    const { response } = await show({});
    expect(policyOf(response)).toEqual({
      'default-src': "'none'",
      'script-src': "'self'",
      'style-src': "'self'",
      'style-src-attr': "'unsafe-inline'",
      'img-src': "'self' data: https: http:",
      'base-uri': "'none'",
      'form-action': "'self'",
      'frame-ancestors': "'self'",
    });
    expect(response.headers.get('referrer-policy')).toBe('no-referrer');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('cache-control')).toMatch(/^private/);
  });
});

describe('a hostile message', () => {
  const cases = HOSTILE_BODIES.flatMap((body) =>
    (['html', 'markdown'] as const).map((format) => [format, body] as const),
  );

  it.each(cases)('as %s has nothing left that acts: %s', async (format, hostile) => {
    const { html, body } = await show({ format, body: hostile });
    for (const { name, attributes } of elementsOf(body)) {
      expect(name).not.toMatch(
        /^(script|style|link|base|meta|iframe|object|embed|form|input|textarea|select|svg|math|video|audio|source|template|portal|noscript|body)$/,
      );
      expect(
        Object.keys(attributes).filter((key) =>
          /^on|^(id|name|srcset|action|formaction|background|form)$/.test(key),
        ),
      ).toEqual([]);
      expect(`${attributes.href ?? ''}${attributes.src ?? ''}`).not.toMatch(/script:|data:text|svg/i);
      expect(attributes.style ?? '').not.toMatch(/url|fixed|absolute|inset|expression/i);
    }
    // Our own page stays whole around it: one article, and no script but ours.
    const scripts = elementsOf(html).filter(({ name }) => name === 'script');
    expect(scripts.every(({ attributes }) => attributes.src?.startsWith('/assets/'))).toBe(true);
    expect(html.match(/<\/article>/g)).toHaveLength(1);
  });

  it('as text is only text', async () => {
    for (const hostile of HOSTILE_BODIES) {
      const { body } = await show({ body: hostile });
      expect(elementsOf(body).filter(({ name }) => name !== 'a')).toEqual([]);
    }
  });

  it('cannot break out of the title, the names or the link', async () => {
    const mean = '"><script>document.title="ran"</script>';
    const { html } = await show({ title: mean, appName: mean, sender: mean, url: `https://a.cn/${mean}` });
    expect(elementsOf(html).filter(({ name, attributes }) => name === 'script' && !attributes.src)).toEqual(
      [],
    );
  });
});
