/** What each refusal of a mail server means, and no answer at all. */
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { ChannelSettings } from '#src/channels/channel.js';
import { createMailChannel } from '#src/channels/mail/index.js';
import { type Cleanups, cleanUp, openIo, sendBy } from '#test/channels/http-peer.js';
import { type Means, OWN, openSmtpPeer, type SmtpRefusals, sendMail } from './smtp-peer.js';

const cleanups: Cleanups = [];
afterEach(() => cleanUp(cleanups));

const send = (settings: ChannelSettings, means: Means = {}) => sendMail(cleanups, settings, means);

async function refused(refuse: SmtpRefusals, settings: ChannelSettings = {}) {
  const { port } = await openSmtpPeer(cleanups, { refuse });
  return send({ ...OWN, port: String(port), ...settings });
}

describe('a refusal', () => {
  it('of the password lets the account rest, and tells of app passwords but not the password', async () => {
    const outcome = await refused({}, { password: 'wrong-geheim' });
    expect(outcome).toMatchObject({
      kind: 'retry',
      scope: 'queue',
      code: '535',
      why: expect.stringMatching(/授权码/),
    });
    expect(JSON.stringify(outcome)).not.toContain('geheim');
  });

  it('of the login for the moment is tried again', async () => {
    const outcome = await refused({ login: 454 });
    expect(outcome).toMatchObject({ kind: 'retry', code: '454' });
    expect(outcome).not.toHaveProperty('scope');
  });

  it('for want of a login says so', async () => {
    const { port } = await openSmtpPeer(cleanups, { needsLogin: true });
    const outcome = await send({ ...OWN, port: String(port), user: '', from: 'ops@mail.example' });
    expect(outcome).toMatchObject({
      kind: 'retry',
      scope: 'queue',
      code: '530',
      why: expect.stringMatching(/要求登录/),
    });
  });

  it.each([
    [421, 'retry'],
    [450, 'retry'],
    [451, 'retry'],
    [452, 'retry'],
    [550, 'refused'],
    [551, 'refused'],
    [553, 'refused'],
    [554, 'refused'],
  ] as const)('%i of the receiver is %s', async (code, kind) => {
    const outcome = await refused({ receivers: { 'ming@mail.example': code } });
    expect(outcome).toMatchObject({
      kind,
      code: String(code),
      why: expect.stringContaining(`no by ${code}`),
    });
  });

  it.each([
    [451, 'retry'],
    [552, 'refused'],
    [554, 'refused'],
  ] as const)('%i of the text is %s', async (code, kind) => {
    expect(await refused({ text: code })).toMatchObject({ kind, code: String(code) });
  });

  it('of one receiver among several names who missed it', async () => {
    const to = 'ming@mail.example, no@mail.example';
    const outcome = await refused({ receivers: { 'no@mail.example': 550 } }, { to });
    expect(outcome).toMatchObject({ kind: 'sent', detail: '未送达 not accepted: no@mail.example' });
  });
});

describe('without an answer', () => {
  async function openRaw(greet: string | null) {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      cleanups.push(() => socket.destroy());
      if (greet !== null) {
        socket.end(greet);
      }
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    cleanups.push(() => server.close());
    return String((server.address() as AddressInfo).port);
  }

  it('a mail is tried again: nobody listens', async () => {
    const { port } = await openSmtpPeer(cleanups);
    await cleanUp(cleanups);
    expect(await send({ ...OWN, port: String(port) })).toMatchObject({ kind: 'retry', code: 'network' });
  });

  it('a mail is tried again: the server says nothing', async () => {
    const outcome = await send({ ...OWN, port: await openRaw(null) }, { timeoutMs: 100 });
    expect(outcome).toMatchObject({ kind: 'retry', code: 'ETIMEDOUT' });
  });

  it('a mail is tried again: the server hangs up', async () => {
    expect(await send({ ...OWN, port: await openRaw('') })).toMatchObject({ kind: 'retry' });
  });

  it('a mail is tried again: something else stands there', async () => {
    expect(await send({ ...OWN, port: await openRaw('HTTP/1.1 400 Bad Request\r\n\r\n') })).toMatchObject({
      kind: 'retry',
    });
  });

  it('a mail is tried again: the name is unknown', async () => {
    const channel = createMailChannel({
      defaultMailer: null,
      allowPrivate: true,
      resolve: () => Promise.reject(new Error('ENOTFOUND')),
    });
    const outcome = await sendBy(channel, { ...OWN, host: 'no.example' }, { io: openIo(cleanups) });
    expect(outcome).toMatchObject({ kind: 'retry', code: 'dns' });
  });
});
