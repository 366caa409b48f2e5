/** What a caller says is readable wherever it arrives: words that look like markup, and marks where something was cut. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Outside, openOutside, type Receiver } from '#test/docs/outside.js';
import type { Answer } from '#test/support/http.js';

const TRACE = [
  'File "job.py", line 3, in <module>',
  'URLError: <urlopen error [Errno 111] refused>',
  'got <nil>, List<String>, <Response [404]>',
];
const SAYS = TRACE.join('\n');
/** Where nothing but a title or the card's few characters fits. */
const SHORT = ['wechat', 'wechat-own', 'sms'];

let outside: Outside;
beforeAll(async () => {
  outside = await openOutside();
}, 120_000);
afterAll(() => outside.close());

type Door = (receiver: Receiver, text: string) => Promise<Answer>;

const key = (receiver: Receiver, kind: Parameters<Outside['w']['core']['keys']['showKey']>[1]) =>
  outside.w.core.keys.showKey(receiver.personId, kind);
const post = (path: string, body: unknown) => outside.w.call(path, { body });

/** Doors whose callers write Markdown or HTML, often without knowing. */
const MARKUP_DOORS: Readonly<Record<string, Door>> = {
  'Server酱 desp': async (receiver, desp) =>
    post(`/${await key(receiver, 'sendkey')}.send`, { title: 'job', desp }),
  'PushPlus without a template': async (receiver, content) =>
    post('/send', { token: await key(receiver, 'pushplus'), title: 'job', content }),
  'WxPusher contentType 2': async (receiver, content) =>
    post('/api/send/message/simple-push', { spt: await key(receiver, 'spt'), content, contentType: 2 }),
  'WxPusher contentType 3': async (receiver, content) =>
    post('/api/send/message/simple-push', { spt: await key(receiver, 'spt'), content, contentType: 3 }),
  'PushDeer markdown': async (receiver, desp) =>
    post('/message/push', {
      pushkey: await key(receiver, 'pushdeer'),
      text: 'job',
      desp,
      type: 'markdown',
    }),
  'Bark markdown': async (receiver, markdown) =>
    post('/push', { device_key: await key(receiver, 'bark'), title: 'job', markdown }),
};

/** Sends by a door to everybody; gives what each receiver's newest item shows, and the page of the WeChat card. */
async function sendToAll(door: Door, text: string): Promise<{ shown: Map<string, string>; page: string }> {
  // Robots take a few messages a minute.
  outside.w.clock.advance(60_000);
  for (const receiver of outside.receivers) {
    expect((await door(receiver, text)).status, receiver.kind).toBe(200);
  }
  await outside.w.drain();
  const shown = new Map<string, string>();
  let page = '';
  for (const receiver of outside.receivers) {
    const item = JSON.parse((await receiver.arrived())[0] ?? '{}') as { rendered?: string; url?: string };
    shown.set(receiver.kind, (item.rendered ?? '').replaceAll('\\"', '"'));
    if (receiver.kind === 'wechat') {
      page = await (await fetch(String(item.url))).text();
    }
  }
  return { shown, page };
}

/** The text of a page, as a reader sees it. */
function textOf(html: string): string {
  return html
    .replace(/<(script|style)\b[\s\S]*?<\/\1>/g, '')
    .replace(/<br ?\/?>\n?/g, '\n')
    .replace(/<[^>]*>/g, '')
    .replace(/&(lt|#60|gt|#62|quot|#34|amp|#38);/g, (_, name: string) => SIGNS[name] ?? '');
}

const SIGNS: Readonly<Record<string, string>> = {
  lt: '<',
  '#60': '<',
  gt: '>',
  '#62': '>',
  quot: '"',
  '#34': '"',
  amp: '&',
  '#38': '&',
};

describe.each(Object.entries(MARKUP_DOORS))('%s', (_name, door) => {
  it('shows every word of a trace, line by line, everywhere', async () => {
    const { shown, page } = await sendToAll(door, SAYS);
    expect(textOf(page)).toContain(SAYS);
    for (const [kind, text] of shown) {
      if (SHORT.includes(kind)) {
        continue;
      }
      for (const line of TRACE) {
        expect(text, kind).toContain(line);
      }
    }
    expect(shown.get('wechat')).toContain('File "job.py", line…');
  });

  it('keeps bold bold, and neither runs nor shows a script', async () => {
    const { shown, page } = await sendToAll(door, '<b>粗</b><script>x</script> <got>');
    expect(page).toMatch(/<b>粗<\/b> &lt;got(?:&gt;|>)/);
    expect(page).not.toContain('script&gt;');
    for (const [kind, text] of shown) {
      if (kind !== 'sms' && kind !== 'bark') {
        expect(text, kind).toContain('粗');
      }
    }
    expect(shown.get('dingtalk-bot')).toContain('粗 <got>');
    expect(shown.get('mail')).not.toContain('script');
  });
});

/** Doors whose originals refuse no length, or cut without a word. */
const LONG_DOORS: Readonly<Record<string, Door>> = {
  Bark: async (receiver, body) =>
    post('/push', { device_key: await key(receiver, 'bark'), title: 'job', body }),
  Gotify: async (receiver, message) =>
    post(`/message?token=${await key(receiver, 'gotify')}`, { title: 'job', message }),
  PushDeer: async (receiver, desp) =>
    post('/message/push', { pushkey: await key(receiver, 'pushdeer'), text: 'job', desp, type: 'text' }),
  ntfy: async (receiver, message) => post('/', { topic: await key(receiver, 'ntfy'), title: 'job', message }),
  Server酱: async (receiver, desp) => post(`/${await key(receiver, 'sendkey')}.send`, { title: 'job', desp }),
};

describe.each(Object.entries(LONG_DOORS))('45,000 characters by %s', (_name, door) => {
  it('arrive, cut with a visible mark everywhere', async () => {
    const { shown, page } = await sendToAll(door, '👍🏽字'.repeat(15_000));
    expect(textOf(page)).toMatch(
      /(?:字|👍🏽)…\s+（内容过长，后面的已截去 The rest was too long and is cut）/,
    );
    for (const [kind, text] of shown) {
      if (!SHORT.includes(kind)) {
        expect(text, kind).toMatch(/字…|👍🏽…/);
      }
      expect(text, kind).not.toMatch(/👍…|\ufffd/);
    }
    expect(shown.get('mail')).toContain('后面的已截去');
    expect(shown.get('wechat')).toMatch(/(?:字|👍🏽)…/);
  });

  it('lose a picture that is part of them, but not its name', async () => {
    const picture = `![门口](data:image/png;base64,${'iVBORw0K'.repeat(6000)})`;
    const { shown, page } = await sendToAll(door, `有人按铃 ${picture} 在前门`);
    expect(textOf(page)).toMatch(/有人按铃 \[图片(?: 门口)?\] 在前门/);
    for (const [kind, text] of shown) {
      if (!SHORT.includes(kind)) {
        expect(text, kind).toMatch(/有人按铃 \[图片 门口\] 在前门/);
      }
    }
  });
});

it('a title of 40 characters to Server酱 can be read whole', async () => {
  const title = Array.from({ length: 40 }, (_, at) => String.fromCodePoint(0x4e00 + at)).join('');
  const { shown, page } = await sendToAll(
    async (receiver) => post(`/${await key(receiver, 'sendkey')}.send`, { title }),
    '',
  );
  expect(textOf(page)).toContain(title);
  for (const kind of ['mail', 'dingtalk-bot', 'feishu-bot', 'wecom-bot', 'wecom-app', 'bark', 'ntfy']) {
    expect(shown.get(kind), kind).toContain(title);
  }
  expect(shown.get('wechat')).toContain(`${title.slice(0, 19)}…`);
});

describe('a file that is put to ntfy', () => {
  const put = (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string>): Door => {
    return async (receiver) =>
      outside.w.call(`/${await key(receiver, 'ntfy')}`, { method: 'PUT', body, headers });
  };

  it('does not take the place of the words', async () => {
    const door = put('contents of file', { 'x-filename': 'a.txt', 'x-message': 'see attached' });
    const { shown, page } = await sendToAll(door, '');
    expect(textOf(page)).toMatch(/see attached\n\ncontents of file/);
    for (const [kind, text] of shown) {
      if (!SHORT.includes(kind)) {
        expect(text, kind).toMatch(/see attached(?:\\n|\n)+contents of file/);
      }
    }
    expect(shown.get('wechat')).toContain('see attached');
  });

  it('is named where it is no text', async () => {
    const jpeg = new Uint8Array(20 * 1024).fill(0x9f);
    jpeg.set([0xff, 0xd8, 0xff, 0xe0]);
    const headers = { 'x-title': 'door', 'x-message': 'somebody', 'x-filename': 'a.jpg' };
    const { shown, page } = await sendToAll(put(jpeg, headers), '');
    expect(textOf(page)).toMatch(/somebody\n\n附件 File: a\.jpg（20 KB/);
    expect(shown.get('wechat')).toMatch(/door[\s\S]*somebody/);
    for (const [kind, text] of shown) {
      if (!SHORT.includes(kind)) {
        expect(text, kind).toMatch(/somebody[\s\S]*a\.jpg（20 KB/);
      }
    }
    const [first] = outside.receivers;
    expect(first && (await put(jpeg, { filename: 'a.jpg' })(first, '')).json).toMatchObject({ code: 40014 });
  });
});

it('tags of ntfy that are emoji stand before the title, others on the page and not on the card', async () => {
  const { shown, page } = await sendToAll(
    async (receiver) =>
      post('/', {
        topic: await key(receiver, 'ntfy'),
        title: '磁盘',
        message: '满了',
        tags: ['backup', 'warning'],
      }),
    '',
  );
  expect(textOf(page)).toContain('⚠️ 磁盘');
  expect(textOf(page)).toContain('标签 Tags: backup');
  // WeChat takes emoji out of its templates' values.
  expect(shown.get('wechat')).toMatch(/磁盘\n内容：满了\n/);
  for (const kind of ['wechat', 'wechat-own', 'sms']) {
    expect(shown.get(kind), kind).not.toContain('backup');
  }
  for (const kind of [
    'mail',
    'dingtalk-bot',
    'feishu-bot',
    'wecom-bot',
    'bark',
    'gotify',
    'pushdeer',
    'sms',
  ]) {
    expect(shown.get(kind), kind).toContain('⚠️ 磁盘');
  }
  // ntfy draws them by itself.
  expect(shown.get('ntfy')).not.toContain('⚠️ ⚠️');
});

it('a title of PushDeer’s Markdown shows no marks', async () => {
  const { shown, page } = await sendToAll(
    async (receiver) =>
      post('/message/push', { pushkey: await key(receiver, 'pushdeer'), text: '## **磁盘**', desp: '满了' }),
    '',
  );
  expect(textOf(page)).not.toMatch(/##|\*\*/);
  for (const [kind, text] of shown) {
    expect(text, kind).toMatch(/磁盘/);
    expect(text, kind).not.toMatch(/##|\*\*磁/);
  }
});

it('an SMS of a message without a title says its first words', async () => {
  const { shown } = await sendToAll(
    async (receiver) => post('/push', { device_key: await key(receiver, 'bark'), body: '门口有人\n请看' }),
    '',
  );
  expect(shown.get('sms')).toContain('门口有人 请看');
});
