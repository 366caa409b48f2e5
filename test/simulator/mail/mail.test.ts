/** The simulated mail server, over real SMTP: what it keeps, whom it refuses, and what happens when its port is taken. */
import { createServer } from 'node:net';
import { createTransport } from 'nodemailer';
import { expect, it, onTestFinished } from 'vitest';
import type { LogFields } from '#src/lib/logger.js';
import { silentLogger } from '#src/lib/logger.js';
import { itemsOf, openSim, type SimWorld } from '../sim-world.js';

const LOGIN = { user: 'anybody', pass: 'simmail' };

interface Failure {
  responseCode?: number;
  code?: string;
  command?: string;
}

async function openMail(sim: SimWorld, options: object = {}) {
  const port = await sim.simulator.smtpPort();
  const transport = createTransport({ host: '127.0.0.1', port: port ?? 0, auth: LOGIN, ...options });
  onTestFinished(() => transport.close());
  return transport;
}

async function failureOf(sending: Promise<unknown>): Promise<Failure> {
  const [result] = await Promise.allSettled([sending]);
  return result.status === 'rejected' ? result.reason : {};
}

async function inbox(sim: SimWorld): Promise<Record<string, unknown>[]> {
  return itemsOf(await sim.api('GET', '/inboxes/mail'));
}

it('keeps a mail with all its parts, decoded', async () => {
  const sim = await openSim({ smtpPort: 0 });
  const mail = await openMail(sim);
  await mail.sendMail({
    from: '"青鸟" <bird@example.com>',
    to: ['a@example.com', 'b@example.com'],
    subject: '磁盘告警：数据盘已用 95%，请尽快处理',
    text: '正文\n第二行',
    html: '<p>正文</p>',
    headers: { 'X-Delivery': '42' },
  });
  expect(await inbox(sim)).toEqual([
    {
      id: expect.any(Number),
      at: sim.now(),
      from: '"青鸟" <bird@example.com>',
      envelopeFrom: 'bird@example.com',
      to: 'a@example.com, b@example.com',
      recipients: ['a@example.com', 'b@example.com'],
      user: 'anybody',
      subject: '磁盘告警：数据盘已用 95%，请尽快处理',
      title: '磁盘告警：数据盘已用 95%，请尽快处理',
      text: expect.stringMatching(/^正文\n第二行\n?$/),
      html: expect.stringContaining('<p>正文</p>'),
      attachments: [],
      rendered: '磁盘告警：数据盘已用 95%，请尽快处理\n正文\n第二行',
      request: {
        method: 'SMTP',
        path: '/a@example.com, b@example.com',
        headers: expect.objectContaining({ 'x-delivery': '42', 'mime-version': '1.0' }),
        body: expect.stringContaining('multipart/alternative'),
      },
    },
  ]);
});

it('refuses a wrong password with 535', async () => {
  const sim = await openSim({ smtpPort: 0 });
  const mail = await openMail(sim, { auth: { user: 'anybody', pass: 'wrong' } });
  expect(await failureOf(mail.sendMail({ from: 'a@example.com', to: 'b@example.com' }))).toMatchObject({
    responseCode: 535,
    code: 'EAUTH',
  });
});

it.each([
  ['somebody@refuse.example', 550],
  ['somebody@BUSY.example', 451],
])('does not take mail for %s: %i', async (to, responseCode) => {
  const sim = await openSim({ smtpPort: 0 });
  const mail = await openMail(sim);
  expect(await failureOf(mail.sendMail({ from: 'a@example.com', to, text: 'x' }))).toMatchObject({
    responseCode,
  });
  expect(await inbox(sim)).toEqual([]);
});

it('takes a mail for those it knows among others', async () => {
  const sim = await openSim({ smtpPort: 0 });
  const mail = await openMail(sim);
  const sent = await mail.sendMail({
    from: 'a@example.com',
    to: ['b@example.com', 'c@refuse.example'],
    text: 'x',
  });
  expect(sent).toMatchObject({ accepted: ['b@example.com'], rejected: ['c@refuse.example'] });
  expect(await inbox(sim)).toMatchObject([{ recipients: ['b@example.com'] }]);
});

it.each([
  ['takes a mail and loses the answer', { lostAnswer: true }, { code: 'ECONNECTION' }, 1],
  ['cuts the connection before it takes a mail', { drop: true }, { code: 'ECONNECTION' }, 0],
  ['says no as a fault says', { errcode: 452 }, { responseCode: 452 }, 0],
])('%s', async (_name, fault, failure, kept) => {
  const sim = await openSim({ smtpPort: 0 });
  await sim.api('POST', '/faults', { path: '/mail', count: 1, ...fault });
  const mail = await openMail(sim);
  const message = { from: 'a@example.com', to: 'b@example.com', text: 'x' };
  expect(await failureOf(mail.sendMail(message))).toMatchObject(failure);
  expect(await inbox(sim)).toHaveLength(kept);
});

it('refuses a mail over ten megabytes with 552', async () => {
  const sim = await openSim({ smtpPort: 0 });
  const mail = await openMail(sim);
  const text = 'x'.repeat(11 * 1024 * 1024);
  expect(await failureOf(mail.sendMail({ from: 'a@example.com', to: 'b@example.com', text }))).toMatchObject({
    responseCode: 552,
  });
});

it('offers STARTTLS only when told to, with a certificate that a careful client refuses', async () => {
  const sim = await openSim({ smtpPort: 0 });
  const message = { from: 'a@example.com', to: 'b@example.com', text: 'x' };
  const strict = await openMail(sim, { requireTLS: true });
  expect(await failureOf(strict.sendMail(message))).toMatchObject({ code: 'ETLS' });
  await sim.api('POST', '/mail/settings', { startTls: true });
  expect(await failureOf(strict.sendMail(message))).toMatchObject({ command: 'CONN' });
  const trusting = await openMail(sim, { requireTLS: true, tls: { rejectUnauthorized: false } });
  await trusting.sendMail(message);
  expect(await inbox(sim)).toHaveLength(1);
});

it('tells where it listens, and forgets its mail at a reset', async () => {
  const sim = await openSim({ smtpPort: 0 });
  const port = await sim.simulator.smtpPort();
  expect((await sim.api('GET', '/mail')).body).toEqual({
    port,
    url: `smtp://127.0.0.1:${port}`,
    password: 'simmail',
  });
  await (await openMail(sim)).sendMail({ from: 'a@example.com', to: 'b@example.com' });
  await sim.api('POST', '/reset', {});
  expect(await inbox(sim)).toEqual([]);
});

it('goes on without mail when the port is taken, with a warning that names it', async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void taken.close());
  const address = taken.address();
  const smtpPort = typeof address === 'object' && address ? address.port : 0;
  const warnings: (LogFields | undefined)[] = [];
  const log = {
    ...silentLogger,
    warn: (_: string, fields?: LogFields) => warnings.push(fields),
    child: () => log,
  };
  const sim = await openSim({ smtpPort, log });
  expect((await sim.api('GET', '/mail')).body).toMatchObject({ port: null, url: null });
  expect(warnings).toEqual([{ port: smtpPort, error: expect.stringContaining('EADDRINUSE') }]);
});

it('has no mail server unless a port is named', async () => {
  const sim = await openSim();
  expect((await sim.api('GET', '/mail')).body).toMatchObject({ port: null });
  expect(await inbox(sim)).toEqual([]);
});
