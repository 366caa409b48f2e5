/** The custom webhook: the exact bytes of each preset, hostile values in every kind of body, and what answers mean. */
import { afterEach, describe, expect, it } from 'vitest';
import { isSignatureRight, signHeaders } from '#src/callbacks/sign.js';
import type { ChannelSettings } from '#src/channels/channel.js';
import { createWebhookChannel } from '#src/channels/webhook/index.js';
import { PLACEHOLDERS } from '#src/channels/webhook/placeholders.js';
import type { MessageContent } from '#src/core/types.js';
import {
  answering,
  type Cleanups,
  cleanUp,
  messageOf,
  openIo,
  openPeer,
  type PeerAnswer,
  sendBy,
  wrongFields,
} from '#test/channels/http-peer.js';

const cleanups: Cleanups = [];
afterEach(() => cleanUp(cleanups));

const channel = createWebhookChannel({ sign: signHeaders });
const HOSTILE = '"}],\\u0000\n\t{{content}} & = % + \u2028 </script> 🔥\ud83d';

async function call(
  settings: ChannelSettings,
  message?: MessageContent,
  answer: PeerAnswer = answering(200, 'ok'),
) {
  const { url, seen } = await openPeer(cleanups, answer);
  const all = { ...settings, url: `${url}${settings.url ?? '/hook?key=geheim'}` };
  const outcome = await sendBy(channel, all, { message, io: openIo(cleanups) });
  const [request] = seen;
  return { outcome, request, body: request?.body ?? '' };
}

describe('a preset', () => {
  it('sends these bytes as custom, which is the default', async () => {
    const { outcome, request } = await call({});
    expect(outcome).toEqual({ kind: 'sent', detail: 'ok' });
    expect(request).toMatchObject({
      method: 'POST',
      path: '/hook?key=geheim',
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: '{"id":"4711","title":"CPU > 90%","summary":"主机 \\"db-1\\" 🔥 请检查","content":"主机 \\"db-1\\" 🔥\\n请检查","url":"https://link.example/a?b=1&c=2","pageUrl":"https://q.example/m/1-abc","time":"2026-11-23 18:05:00","appName":"机房告警"}',
    });
  });

  it.each([
    ['slack', '{"text":"*CPU &gt; 90%*\\n主机 \\"db-1\\" 🔥\\n请检查\\n<https://q.example/m/1-abc>"}'],
    [
      'ifttt',
      '{"value1":"CPU > 90%","value2":"主机 \\"db-1\\" 🔥\\n请检查","value3":"https://q.example/m/1-abc"}',
    ],
    [
      'hiflow',
      '{"title":"CPU > 90%","content":"主机 \\"db-1\\" 🔥\\n请检查","url":"https://q.example/m/1-abc","time":"2026-11-23 18:05:00","appName":"机房告警"}',
    ],
  ])('sends these bytes as %s', async (preset, bytes) => {
    expect((await call({ preset })).body).toBe(bytes);
  });

  it('calls out to nobody as slack, whatever the message says', async () => {
    const message = messageOf({ title: '<!channel> & <@U1>', body: 'ask @here, @All or a@all.example' });
    const { text } = JSON.parse((await call({ preset: 'slack' }, message)).body);
    expect(text).toBe(
      '*&lt;!channel&gt; &amp; &lt;@U1&gt;*\nask @\u200bhere, @\u200bAll or a@all.example\n<https://q.example/m/1-abc>',
    );
  });

  it('sends a form as serverchan', async () => {
    const { request, body } = await call({ preset: 'serverchan', url: '/SCT1Tx.send' });
    expect(request).toMatchObject({
      path: '/SCT1Tx.send',
      headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
    });
    expect(Object.fromEntries(new URLSearchParams(body))).toEqual({
      title: 'CPU > 90%',
      desp: '主机 "db-1" 🔥\n请检查',
    });
  });
});

describe('a template', () => {
  const template = Object.fromEntries(PLACEHOLDERS.map((name) => [name, `{{${name}}}`]));
  const hostile = messageOf({
    title: HOSTILE,
    summary: HOSTILE,
    body: HOSTILE,
    appName: HOSTILE,
    url: HOSTILE,
  });

  it('stays JSON whatever the message says, and fills no value twice', async () => {
    const { body } = await call({ body: JSON.stringify(template) }, hostile);
    const json = JSON.parse(body);
    expect(Object.keys(json)).toEqual([...PLACEHOLDERS]);
    expect(json.content).toBe(HOSTILE.toWellFormed());
    expect(json.url).toContain('{{content}}');
  });

  it('stays a form whatever the message says', async () => {
    const form = PLACEHOLDERS.map((name) => `${name}={{${name}}}`).join('&');
    const { body } = await call({ contentType: 'form', body: form }, hostile);
    const fields = [...new URLSearchParams(body)];
    expect(fields.map(([name]) => name)).toEqual([...PLACEHOLDERS]);
    expect(Object.fromEntries(fields).content).toBe(HOSTILE.toWellFormed());
  });

  it.each(['application/xml', 'text/xml; charset=utf-8', 'application/atom+xml'])(
    'stays XML as %s whatever the message says',
    async (type) => {
      const { body } = await call(
        { headers: `Content-Type: ${type}`, body: '<m t="{{title}}">{{content}}{{html}}</m>' },
        messageOf({ title: `"/><admin a='&`, body: 'a<b>\u0007\n' }),
      );
      expect(body).toMatch(/^<m t="&#34;\/&#62;&#60;admin a=&#39;&#38;">a&#60;b&#62;\n[^<>]*<\/m>$/);
      expect(body).not.toContain('\u0007');
    },
  );

  it('stays HTML, in which the HTML of the message stands as it is', async () => {
    const settings = { headers: 'Content-Type: text/html', body: '<h1>{{title}}</h1>{{html}}' };
    const message = messageOf({ title: '<script>', format: 'markdown', body: '**满**' });
    expect((await call(settings, message)).body).toBe(
      '<h1>&#60;script&#62;</h1><p><strong>满</strong></p>\n',
    );
  });

  it('is filled as it is in a raw body', async () => {
    const { request, body } = await call({ contentType: 'raw', body: '{{ title }}: {{text}} {{nothing}}' });
    expect(body).toBe('CPU > 90%: 主机 "db-1" 🔥\n请检查 {{nothing}}');
    expect(request?.headers['content-type']).toBe('text/plain; charset=utf-8');
  });

  it('gets text without marks and HTML without harm', async () => {
    const message = messageOf({ format: 'markdown', body: '**满** <script>alert(1)</script>' });
    const { body } = await call({ contentType: 'raw', body: '{{text}}|{{html}}|{{content}}' }, message);
    expect(body).toBe('满|<p><strong>满</strong> </p>\n|**满** <script>alert(1)</script>');
  });

  it('fills the address with escaped values, and a GET has no body', async () => {
    const { request } = await call({ method: 'GET', url: '/get?t={{title}}&c={{content}}' });
    expect(request).toMatchObject({ method: 'GET', body: '' });
    expect(request?.headers['content-type']).toBeUndefined();
    const query = new URL(request?.path ?? '', 'http://x.example').searchParams;
    expect(Object.fromEntries(query)).toEqual({ t: 'CPU > 90%', c: '主机 "db-1" 🔥\n请检查' });
  });

  it.each(['PUT', 'PATCH', 'DELETE'])('goes by %s too', async (method) => {
    expect((await call({ method })).request?.method).toBe(method);
  });

  it('goes with the headers of the settings, whose content type decides the escaping', async () => {
    const headers = 'Authorization: Bearer abc:def\r\nX-Empty:\n\ncontent-type: text/markdown';
    const { request, body } = await call({ headers, body: '{{content}}' });
    expect(request?.headers).toMatchObject({
      authorization: 'Bearer abc:def',
      'x-empty': '',
      'content-type': 'text/markdown',
    });
    expect(body).toBe('主机 "db-1" 🔥\n请检查');
  });
});

it('signs the exact bytes where a secret is set, with an id that repeats keep', async () => {
  const secret = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
  const { request, body } = await call({ secret });
  const headers = request?.headers ?? {};
  expect(headers).toMatchObject({ 'webhook-id': 'msg_77', 'webhook-timestamp': '1795406400' });
  const signed = { secret, id: 'msg_77', timestamp: 1_795_406_400, body };
  expect(isSignatureRight(signed, String(headers['webhook-signature']))).toBe(true);
  expect((await call({})).request?.headers['webhook-id']).toBeUndefined();
});

describe('the answer', () => {
  it.each([
    [200, 'sent'],
    [204, 'sent'],
    [301, 'refused'],
    [400, 'refused'],
    [401, 'refused'],
    [404, 'refused'],
    [408, 'retry'],
    [410, 'gone'],
    [429, 'retry'],
    [500, 'retry'],
    [503, 'retry'],
  ] as const)('%i is %s', async (status, kind) => {
    const { outcome } = await call({}, undefined, answering(status));
    expect(outcome).toMatchObject({ kind, ...(kind === 'sent' ? {} : { code: String(status) }) });
  });

  it.each([
    ['120', 120_000],
    ['Mon, 23 Nov 2026 04:00:30 GMT', 30_000],
    ['Mon, 23 Nov 2026 03:00:00 GMT', undefined],
    ['soon', undefined],
  ])('is asked again at the time of Retry-After: %s', async (value, afterMs) => {
    const { outcome } = await call({}, undefined, answering(503, '', { 'retry-after': value }));
    expect(outcome).toMatchObject({ kind: 'retry' });
    expect('afterMs' in outcome ? outcome.afterMs : undefined).toBe(afterMs);
  });

  it.each([
    [{ code: 0, message: '' }, 'sent'],
    [{ errno: 0, errmsg: 'success' }, 'sent'],
    [{ errno: 1024, errmsg: 'bad pushtoken' }, 'refused'],
    [{ code: 40001, message: '错误的Key' }, 'refused'],
  ] as const)('of a Server酱 says %j by its number, not by its status', async (answer, kind) => {
    const { outcome } = await call({ preset: 'serverchan' }, undefined, answering(200, answer));
    expect(outcome.kind).toBe(kind);
  });

  it('never shows the address again, which is a secret', async () => {
    const { url } = await openPeer(cleanups, (res) => res.writeHead(400).end(`no ${url}/hook?key=geheim`));
    const outcome = await sendBy(channel, { url: `${url}/hook?key=geheim` }, { io: openIo(cleanups) });
    expect(JSON.stringify(outcome)).not.toContain('geheim');
  });

  it.each([
    'path /services/T0/geheim',
    '"\\/services\\/T0\\/geheim"',
    '/services/T0/geheim?key=versteckt&t=CPU',
    'key versteckt, Bearer verborgen, X-Key: verschwiegen',
    `${'.'.repeat(290)}verborgen und mehr`,
  ])('never shows a part of the request that lets others post: %s', async (body) => {
    const settings = {
      url: '/services/T0/geheim?key=versteckt&t={{title}}',
      headers: 'Authorization: Bearer verborgen\nX-Key: verschwiegen',
    };
    for (const status of [200, 400, 503]) {
      const { outcome } = await call(settings, undefined, answering(status, body));
      expect(JSON.stringify(outcome)).not.toMatch(/gehei|verst|verbo|versch/);
    }
  });
});

it.each([
  ['http://127.0.0.1:1/x', 'blocked'],
  ['http://[::1]/x', 'blocked'],
  ['http://169.254.169.254/latest', 'blocked'],
  ['ftp://x.example/', 'bad_url'],
  ['http://user:pw@x.example/', 'bad_url'],
])('does not go to %s', async (url, code) => {
  expect(await sendBy(channel, { url }, { io: openIo(cleanups, false) })).toMatchObject({
    kind: 'refused',
    code,
  });
});

it.each([
  [{ url: 'https://x.example' }, []],
  [{ body: '{"a":"{{title}}","n":{{id}}}' }, []],
  [{ body: '{"a":{{title}}}' }, ['body']],
  [{ body: '{"a":"{{titel}}"}' }, ['body']],
  [{ body: 'anything', contentType: 'raw' }, []],
  [{ body: 'anything', headers: 'Content-Type: text/plain' }, []],
  [{ url: 'https://x.example/?a={{nope}}' }, ['url']],
  [{ headers: 'no colon' }, ['headers']],
  [{ headers: 'X-Name: 中文' }, ['headers']],
  [{ headers: 'Bad Name: x' }, ['headers']],
  [{ secret: 'whsec_short' }, ['secret']],
  [{ secret: 'plain' }, ['secret']],
])('the settings %j have these faults: %j', (settings, faults) => {
  expect(wrongFields(channel, settings)).toEqual(faults);
});
