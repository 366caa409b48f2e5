/** The mail channel: what a mail looks like, which server carries it, and what each refusal means. */
import { afterEach, describe, expect, it } from 'vitest';
import type { ChannelSettings } from '#src/channels/channel.js';
import { createMailChannel } from '#src/channels/mail/index.js';
import { renderMail } from '#src/channels/mail/render.js';
import { type Cleanups, cleanUp, messageOf, wrongFields } from '#test/channels/http-peer.js';
import { type Means, OWN, openSmtpPeer, sendMail } from './smtp-peer.js';

const cleanups: Cleanups = [];
afterEach(() => cleanUp(cleanups));

const send = (settings: ChannelSettings, means: Means = {}) => sendMail(cleanups, settings, means);

async function sent(settings: ChannelSettings = {}, means: Means = {}) {
  const { port, seen } = await openSmtpPeer(cleanups);
  const outcome = await send({ ...OWN, port: String(port), ...settings }, means);
  expect(outcome).toMatchObject({ kind: 'sent' });
  const [first] = seen;
  if (!first) {
    throw new Error('no mail came');
  }
  return { ...first, outcome };
}

describe('a mail', () => {
  it('goes from the own address to the receiver, under the name of the app', async () => {
    const { from, to, user, mail, outcome } = await sent();
    expect({ from, to, user }).toEqual({
      from: 'ops@mail.example',
      to: ['ming@mail.example'],
      user: 'ops@mail.example',
    });
    expect(mail.subject).toBe('CPU > 90%');
    expect(mail.from?.value).toEqual([{ name: '机房告警', address: 'ops@mail.example' }]);
    expect(outcome).toMatchObject({
      ref: '<77.qingniao@mail.example>',
      detail: expect.stringMatching(/^250 /),
    });
  });

  it('has these headers, by which machines do not answer it and servers know a repeat', async () => {
    const { raw } = await sent();
    const lines = (raw.split('\r\n\r\n', 1)[0] ?? '')
      .split('\r\n')
      .filter((line) => !line.includes('boundary='));
    expect(lines).toEqual([
      'Auto-Submitted: auto-generated',
      'X-Auto-Response-Suppress: All',
      'From: =?UTF-8?B?5py65oi/5ZGK6K2m?= <ops@mail.example>',
      'To: ming@mail.example',
      'Subject: CPU > 90%',
      'Message-ID: <77.qingniao@mail.example>',
      'Date: Mon, 23 Nov 2026 04:00:00 +0000',
      'MIME-Version: 1.0',
      'Content-Type: multipart/alternative;',
    ]);
  });

  it('says the same as text and as HTML', async () => {
    const { mail } = await sent();
    expect(mail.text).toBe(
      '主机 "db-1" 🔥\n请检查\n\n-- \n原文 Link: https://link.example/a?b=1&c=2\n详情 Details: https://q.example/m/1-abc\n机房告警 · 2026-11-23 18:05:00',
    );
    expect(mail.html).toContain('<div>主机 &#34;db-1&#34; 🔥<br>\n请检查</div>');
    expect(mail.html).toContain('<a href="https://link.example/a?b=1&#38;c=2"');
  });

  it('is marked where it is urgent', async () => {
    const { mail } = await sent({}, { message: messageOf({ isUrgent: true }) });
    expect(mail.headers.get('priority')).toBe('high');
  });

  it('goes under the own name, to several receivers', async () => {
    const { to, mail } = await sent({
      from: '青鸟 <bird@mail.example>',
      to: 'a@x.example，b@x.example; c@x.example',
    });
    expect(to).toEqual(['a@x.example', 'b@x.example', 'c@x.example']);
    expect(mail.from?.value).toEqual([{ name: '青鸟', address: 'bird@mail.example' }]);
  });

  it('goes to the bound address where the settings name none', async () => {
    expect((await sent({ to: '' }, { address: 'bound@x.example' })).to).toEqual(['bound@x.example']);
  });

  it('cannot be given headers or receivers by what a message says', async () => {
    const title = 'x\r\nBcc: evil@x.example\r\n\r\nbody';
    const { to, raw, mail } = await sent(
      {},
      { message: messageOf({ title, appName: 'a" <e@x.example>\r\nBcc: f@x.example' }) },
    );
    expect(to).toEqual(['ming@mail.example']);
    expect(raw).not.toMatch(/^Bcc:/im);
    expect(mail.subject).toBe('x Bcc: evil@x.example body');
    expect(mail.from?.value[0]?.address).toBe('ops@mail.example');
  });
});

describe('the drawing', () => {
  it('makes Markdown readable both ways, and harmless', () => {
    const { html, text } = renderMail(
      messageOf({
        format: 'markdown',
        body: '# 故障\n\n**满** [看](https://a.example)\n\n<script>alert(1)</script>',
      }),
    );
    expect(html).toContain('<strong>满</strong>');
    expect(html).not.toContain('script');
    expect(text).toMatch(/^故障\n满 看\n/);
  });

  it('shows a heading of markup as what it is', () => {
    const { html } = renderMail(
      messageOf({ title: '<img src=x>', appName: '<b>', url: 'https://a.example/"onclick="x' }),
    );
    expect(html).toContain('&#60;img src=x&#62;</h1>');
    expect(html).not.toMatch(/"onclick|<b>/);
  });
});

describe('the server that carries it', () => {
  it('is the default mailer where the settings name none, encrypted where it can be', async () => {
    const { port, seen } = await openSmtpPeer(cleanups);
    const url = `smtp://robot%40q.example:simmail@127.0.0.1:${port}?tls.rejectUnauthorized=false`;
    const defaultMailer = { url, from: 'robot@q.example' };
    // The operator's own choice may stand in a private network; a person's may not.
    const outcome = await send({ to: 'ming@x.example' }, { defaultMailer, allowPrivate: false });
    expect(outcome).toMatchObject({ kind: 'sent' });
    expect(seen[0]).toMatchObject({ isSecure: true, user: 'robot@q.example', from: 'robot@q.example' });
  });

  it('is missing where nobody set one: the refusal says what to do', async () => {
    expect(await send({ to: 'ming@x.example' })).toMatchObject({
      kind: 'refused',
      code: 'no_mailer',
      why: expect.stringMatching(/SMTP/),
    });
  });

  it('has nobody to write to where none is named or bound', async () => {
    expect(await send({ ...OWN, to: '' })).toMatchObject({ kind: 'refused', code: 'no_receiver' });
  });

  it.each(['127.0.0.1', 'localhost', '::1', '10.0.0.1', '169.254.169.254'])('may not be %s', async (host) => {
    const { port, seen } = await openSmtpPeer(cleanups);
    const outcome = await send({ ...OWN, host, port: String(port) }, { allowPrivate: false });
    expect(outcome).toMatchObject({ kind: 'refused', code: 'blocked' });
    expect(seen).toEqual([]);
  });

  it('must prove itself: a self-made certificate is not taken, and nothing is said in clear', async () => {
    const { port, seen } = await openSmtpPeer(cleanups);
    const outcome = await send({ ...OWN, port: String(port), security: 'starttls' });
    expect(outcome).toMatchObject({
      kind: 'retry',
      scope: 'queue',
      code: 'ESOCKET',
      why: expect.stringMatching(/证书/),
    });
    expect(seen).toEqual([]);
  });

  it('must offer STARTTLS where the settings ask for it', async () => {
    const { port, seen } = await openSmtpPeer(cleanups, { server: { hideSTARTTLS: true } });
    const outcome = await send({ ...OWN, port: String(port), security: 'starttls' });
    expect(outcome).toMatchObject({ kind: 'retry', scope: 'queue' });
    expect(seen).toEqual([]);
  });
});

it.each([
  [{ to: 'a@x.example' }, []],
  [{}, []],
  [{ to: 'a@x.example, nobody' }, ['to']],
  [{ to: Array.from({ length: 11 }, (_, at) => `a${at}@x.example`).join() }, ['to']],
  [{ to: Array.from({ length: 10 }, (_, at) => `a${at}@x.example`).join() }, []],
  [{ to: 'a@x.example\r\nBcc:b@x.example' }, ['to']],
  [{ host: 'smtp.x.example', user: 'a@x.example' }, []],
  [{ host: 'smtp.x.example', user: 'a' }, ['from']],
  [{ host: 'smtp.x.example', user: 'a', from: 'A <a@x.example>' }, []],
  [{ host: 'smtp.x.example', from: 'A <a@x.example>, b@x.example' }, ['from']],
  [{ host: 'https://smtp.x.example/', user: 'a@x.example' }, ['host']],
  [{ host: 'smtp.x.example', user: 'a@x.example', port: '70000' }, ['port']],
])('the settings %j have these faults: %j', (settings, faults) => {
  const channel = createMailChannel({ defaultMailer: null, allowPrivate: false });
  expect(wrongFields(channel, settings)).toEqual(faults);
});
