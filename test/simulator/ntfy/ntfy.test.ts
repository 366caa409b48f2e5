/** The simulated ntfy server: every error of publishing, the forms of a message, and the limits of a visitor. */
import { describe, expect, it } from 'vitest';
import { type Answer, ask, itemsOf, openSim, type SimWorld, START } from '../sim-world.js';

const NOW = START / 1000;

function put(sim: SimWorld, topic: string, body: string | Uint8Array, headers: Record<string, string> = {}) {
  return ask(`${sim.base}/ntfy/${topic}`, { method: 'PUT', body: body as BodyInit, headers });
}

function json(sim: SimWorld, body: unknown): Promise<Answer> {
  return ask(`${sim.base}/ntfy/`, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

async function shown(sim: SimWorld): Promise<Record<string, unknown> | undefined> {
  return itemsOf(await sim.api('GET', '/inboxes/ntfy'))[0];
}

function expectError(answer: Answer, code: number, error: string): void {
  const http = Math.floor(code / 100);
  expect(answer).toMatchObject({ status: http, body: { code, http, error: expect.stringContaining(error) } });
}

describe('errors of a message', () => {
  const rows: [headers: Record<string, string>, code: number, error: string][] = [
    [{ email: 'a@example.com' }, 40001, 'e-mail notifications are not enabled'],
    [{ delay: '1h', cache: 'no' }, 40002, 'cannot disable cache'],
    [{ delay: '1h', email: 'a@example.com' }, 40003, 'delayed e-mail'],
    [{ delay: 'someday' }, 40004, 'invalid delay parameter: unable to parse delay'],
    [{ 'x-in': '5s' }, 40005, 'too small'],
    [{ at: '4 days' }, 40006, 'too large'],
    [{ priority: '6' }, 40007, 'invalid priority parameter'],
    [{ priority: '0' }, 40007, 'invalid priority parameter'],
    [{ prio: 'loud' }, 40007, 'invalid priority parameter'],
    [{ attach: 'file:///x' }, 40013, 'attachment URL is invalid'],
    [{ actions: 'view, Open' }, 40018, 'actions invalid'],
    [{ actions: 'dance, Open, https://example.com' }, 40018, 'actions invalid'],
    [{ actions: '[{"action":"view","url":"https://example.com"}]' }, 40018, 'actions invalid'],
    [{ actions: '[{' }, 40018, 'actions invalid'],
    [{ actions: Array(4).fill('view, A, https://example.com').join(';') }, 40018, 'only 3 actions'],
    [{ icon: 'ftp://x' }, 40021, 'icon URL is invalid'],
    [{ 'x-call': 'yes' }, 40032, 'calling is disabled'],
  ];
  it.each(rows)('refuses %j with %i', async (headers, code, error) => {
    const sim = await openSim();
    expectError(await put(sim, 'sim-a', 'x', headers), code, error);
    expect(await shown(sim)).toBeUndefined();
  });

  const jsons: [name: string, body: unknown, code: number][] = [
    ['no topic', { message: 'x' }, 40009],
    ['a topic of other letters', { topic: 'sim a', message: 'x' }, 40009],
    ['a topic that is too long', { topic: `sim-${'x'.repeat(61)}`, message: 'x' }, 40009],
    ['a reserved topic', { topic: 'docs', message: 'x' }, 40010],
    ['no JSON', 'message', 40017],
    ['a list', '[]', 40017],
    ['a title that is no text', { topic: 'sim-a', title: 5 }, 40017],
    ['actions that are no list', { topic: 'sim-a', actions: { action: 'view' } }, 40018],
    ['a large body', { topic: 'sim-a', message: 'x'.repeat(9_000) }, 41303],
    ['a priority out of range', { topic: 'sim-a', priority: 9 }, 40007],
  ];
  it.each(jsons)('refuses JSON with %s', async (_, body, code) => {
    const sim = await openSim();
    expectError(await json(sim, body), code, '');
  });

  it.each([
    ['GET', 'sim-a'],
    ['GET', 'sim-a/json'],
    ['DELETE', 'sim-a'],
    ['PUT', 'sim%20a'],
    ['POST', 'sim-a/a/b'],
    ['PUT', 'sim-a/a/gone'],
    ['DELETE', 'sim-a/a/clear'],
    ['GET', ''],
  ])('finds no page for %s /%s', async (method, path) => {
    const sim = await openSim();
    expectError(await ask(`${sim.base}/ntfy/${path}`, { method }), 40401, 'page not found');
  });

  it('takes no files where they are switched off, and none over 15 MB', async () => {
    const sim = await openSim();
    expectError(await put(sim, 'sim-a', new Uint8Array(15 * 1024 * 1024 + 1)), 41301, 'attachment too large');
    await sim.api('POST', '/ntfy/settings', { attachments: false });
    expectError(await put(sim, 'sim-a', 'x'.repeat(4097)), 40014, 'attachments not allowed');
    expect((await put(sim, 'sim-a', 'x'.repeat(4096))).status).toBe(200);
  });
});

describe('who may publish', () => {
  it('knows topics that start with sim-, and locks others with a token or a user', async () => {
    const sim = await openSim();
    await sim.api('POST', '/ntfy/topics', { topic: 'own', token: 'tk_1', user: 'u', password: 'p' });
    expectError(await put(sim, 'other', 'x'), 40301, 'forbidden');
    expectError(await put(sim, 'own', 'x'), 40301, 'forbidden');
    for (const authorization of ['Bearer tk_2', `Basic ${btoa('u:q')}`]) {
      expectError(await put(sim, 'own', 'x', { authorization }), 40101, 'unauthorized');
      expectError(await put(sim, 'sim-a', 'x', { authorization }), 40101, 'unauthorized');
    }
    for (const authorization of ['Bearer tk_1', `Basic ${btoa('u:p')}`, `Basic ${btoa(':tk_1')}`]) {
      expect((await put(sim, 'own', 'x', { authorization })).status).toBe(200);
    }
    const auth = Buffer.from('Bearer tk_1').toString('base64url');
    expect((await put(sim, `own?auth=${auth}`, 'x')).status).toBe(200);
  });
});

describe('limits, while they are on', () => {
  it('gives a visitor sixty requests at once and one more each five seconds', async () => {
    const sim = await openSim();
    for (let nth = 0; nth < 70; nth += 1) {
      expect((await put(sim, 'sim-a', 'x')).status).toBe(200);
    }
    await sim.api('POST', '/quota', { on: true });
    for (let nth = 0; nth < 60; nth += 1) {
      expect((await put(sim, 'sim-a', 'x')).status).toBe(200);
    }
    expectError(await put(sim, 'sim-a', 'x'), 42901, 'too many requests');
    sim.advance(5_000);
    expect((await put(sim, 'sim-a', 'x')).status).toBe(200);
    expectError(await put(sim, 'sim-a', 'x'), 42901, 'too many requests');
  });

  it.each([
    [{ dailyMessages: 1 }, 42908, 'daily message quota'],
    [{ dailyBytes: 3 }, 42905, 'daily bandwidth'],
  ])('ends the day at %j', async (settings, code, error) => {
    const sim = await openSim();
    await sim.api('POST', '/ntfy/settings', settings);
    await sim.api('POST', '/quota', { on: true });
    expect((await put(sim, 'sim-a', 'xx')).status).toBe(200);
    expectError(await put(sim, 'sim-a', 'xx'), code, error);
    sim.advance(86_400_000);
    expect((await put(sim, 'sim-a', 'xx')).status).toBe(200);
  });

  it('listens to nobody who failed to sign in thirty times', async () => {
    const sim = await openSim();
    await sim.api('POST', '/quota', { on: true });
    for (let nth = 0; nth < 30; nth += 1) {
      expectError(await put(sim, 'sim-a', 'x', { authorization: 'Bearer no' }), 40101, 'unauthorized');
    }
    expectError(await put(sim, 'sim-a', 'x'), 42909, 'too many auth failures');
  });

  it('fails inside when told to', async () => {
    const sim = await openSim();
    await sim.api('POST', '/faults', { path: '/ntfy', errcode: 50001, status: 500, count: 1 });
    expectError(await put(sim, 'sim-a', 'x'), 50001, 'internal server error');
  });
});

describe('messages', () => {
  it('answers a bare one with the fewest fields', async () => {
    const sim = await openSim();
    expect((await put(sim, 'sim-a', ' 你好\n')).body).toEqual({
      id: expect.stringMatching(/^\w{12}$/),
      time: NOW,
      expires: NOW + 12 * 3600,
      event: 'message',
      topic: 'sim-a',
      message: '你好',
    });
    expect((await put(sim, 'sim-a', 'x', { cache: 'no' })).body).not.toHaveProperty('expires');
  });

  it('reads every option from headers, with encoded words', async () => {
    const sim = await openSim();
    const headers = {
      'X-Title': '=?UTF-8?B?5qCH6aKY?= =?utf-8?Q?=E4=B8=80_2?=',
      Priority: 'urgent',
      Tags: 'warning, skull',
      Click: 'https://example.com/a',
      Actions: 'view, Open, https://example.com/b, clear=true; http, Go, https://example.com/c, method=PUT',
      Icon: 'https://example.com/i.png',
      Markdown: 'yes',
    };
    const fields = {
      title: '标题一 2',
      priority: 5,
      tags: ['warning', 'skull'],
      actions: [
        { action: 'view', label: 'Open', url: 'https://example.com/b', clear: 'true' },
        { action: 'http', label: 'Go', url: 'https://example.com/c', method: 'PUT' },
      ],
      icon: 'https://example.com/i.png',
      content_type: 'text/markdown',
    };
    expect((await put(sim, 'sim-a', '**x**', headers)).body).toMatchObject({
      ...fields,
      click: headers.Click,
    });
    expect(await shown(sim)).toMatchObject({
      ...fields,
      to: 'sim-a',
      rendered: '标题一 2\n**x**',
      url: headers.Click,
    });
  });

  it('reads the same from JSON, where priority 0 means the default', async () => {
    const sim = await openSim();
    const message = {
      topic: 'sim-a',
      title: '标题',
      message: '正文',
      priority: 4,
      tags: ['a', 'b'],
      click: 'https://example.com/a',
      actions: [{ action: 'view', label: '打开', url: 'https://example.com/b' }],
      markdown: true,
    };
    const { markdown: _, ...same } = message;
    expect((await json(sim, message)).body).toMatchObject({ ...same, content_type: 'text/markdown' });
    expect((await json(sim, { topic: 'sim-a', priority: 0 })).body).toMatchObject({ message: 'triggered' });
  });

  it.each([
    ['sim-a/publish?message=m&title=t&p=2', { message: 'm', title: 't', priority: 2 }],
    ['sim-a/send?m=a%5Cnb', { message: 'a\nb' }],
    ['sim-a/trigger', { message: 'triggered' }],
  ])('takes GET /%s', async (path, fields) => {
    const sim = await openSim();
    expect((await ask(`${sim.base}/ntfy/${path}`)).body).toMatchObject(fields);
  });

  it('takes a title in plain UTF-8, and a raw body whatever it is called', async () => {
    const sim = await openSim();
    const title = Buffer.from('原样').toString('latin1');
    const type = 'application/x-www-form-urlencoded';
    expect((await put(sim, 'sim-a', 'a=b', { title, 'content-type': type })).body).toMatchObject({
      title: '原样',
      message: 'a=b',
    });
  });

  it.each([
    ['30m', 1800],
    ['2 hours', 7200],
    ['tomorrow', 86_400],
    [String(NOW + 60), 60],
  ])('is due later with a delay of %s', async (delay, seconds) => {
    const sim = await openSim();
    expect((await put(sim, 'sim-a', 'x', { delay })).body).toMatchObject({ time: NOW + seconds });
    expect(await shown(sim)).toMatchObject({ dueAt: (NOW + seconds) * 1000 });
  });

  it('makes a file of a long text and of bytes, and links one by its address', async () => {
    const sim = await openSim();
    expect((await put(sim, 'sim-a', 'x'.repeat(4097))).body).toMatchObject({
      message: 'You received a file: attachment.txt',
      attachment: { name: 'attachment.txt', size: 4097 },
    });
    expect(
      (await put(sim, 'sim-a', new Uint8Array([0xff, 0xfe]), { filename: 'a.bin', message: 'look' })).body,
    ).toMatchObject({
      attachment: { name: 'a.bin', size: 2 },
    });
    const attach = 'https://example.com/p/a.png';
    expect((await put(sim, 'sim-a', '', { attach })).body).toMatchObject({
      message: 'You received a file: a.png',
      attachment: { name: 'a.png', url: attach },
    });
  });

  it('replaces in a sequence, takes it off and marks it as read', async () => {
    const sim = await openSim();
    expect((await put(sim, 'sim-a', '1', { 'x-sequence-id': 'job' })).body).toMatchObject({
      sequence_id: 'job',
    });
    expect((await put(sim, 'sim-a/job', '2')).body).toMatchObject({ sequence_id: 'job', message: '2' });
    await json(sim, { topic: 'sim-a', message: '3', sequence_id: 'other' });
    const items = itemsOf(await sim.api('GET', '/inboxes/ntfy'));
    expect(items.map((item) => [item.text, item.isReplaced])).toEqual([
      ['3', undefined],
      ['2', undefined],
      ['1', true],
    ]);
    for (const [method, path, event] of [
      ['PUT', 'job/clear', 'message_clear'],
      ['PUT', 'job/read', 'message_clear'],
      ['DELETE', 'other', 'message_delete'],
    ] as const) {
      const answer = await ask(`${sim.base}/ntfy/sim-a/${path}`, { method });
      expect(answer.body).toMatchObject({ event, topic: 'sim-a', sequence_id: path.split('/')[0] });
    }
    expect(itemsOf(await sim.api('GET', '/inboxes/ntfy')).every((item) => item.isReplaced)).toBe(true);
    expectError(await ask(`${sim.base}/ntfy/sim-a/a.b`, { method: 'DELETE' }), 40049, 'sequence ID invalid');
  });

  it('is healthy', async () => {
    const sim = await openSim();
    expect((await ask(`${sim.base}/ntfy/v1/health`)).body).toEqual({ healthy: true });
  });
});
