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
