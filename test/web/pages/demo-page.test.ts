/** The demo program's calls serve its own page only, and push to nobody but the person who scanned. */
import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDemoInbox, createDemoPage, type DemoVisitState } from '#src/web/pages/index.js';
import { type OpenPages, openPages, policyOf, views } from './open-pages.js';

const VISIT = 'visit_0123456789abcdef';
let clockMs: number;
let states: Map<string, DemoVisitState>;
let pushed: unknown[];
let pages: OpenPages;

beforeEach(async () => {
  clockMs = 1_790_000_000_000;
  states = new Map();
  pushed = [];
  pages = await openPages(
    createDemoPage({
      view: views.view,
      publicUrl: 'https://push.example.com',
      clock: { now: () => clockMs },
      phoneUrl: '/simulator/',
      createVisit: async () => {
        states.set(VISIT, { messages: [], callbacks: [] });
        return { visit: VISIT, qrcodeText: 'http://weixin.qq.com/q/1', appId: 97, appName: '演示' };
      },
      readVisit: async (visit) => states.get(visit) ?? null,
      push: async (input) => {
        pushed.push(input);
        return { messageId: 1 };
      },
    }),
  );
});

afterEach(() => pages.close());

const OWN = { 'Sec-Fetch-Site': 'same-origin' };

function post(path: string, body: unknown, headers: Record<string, string> = OWN): Promise<Response> {
  const type = { 'Content-Type': 'application/json' };
  return fetch(`${pages.url}/demo/api${path}`, {
    method: 'POST',
    headers: { ...type, ...headers },
    body: JSON.stringify(body),
  });
}

async function codeOf(response: Response): Promise<[number, string]> {
  const { error } = (await response.json()) as { error: { code: string } };
  return [response.status, error.code];
}

describe('the page', () => {
  it('shows the phone in a frame of its own server, and may call it', async () => {
    const response = await fetch(`${pages.url}/demo`);
    const html = await response.text();
    expect(policyOf(response)).toMatchObject({
      'frame-src': "'self'",
      'connect-src': "'self'",
      'default-src': "'none'",
    });
    expect(html).toContain('src="/simulator/?embed=1"');
  });

  it('of a live server has no phone and no frames', async () => {
    const needs = { publicUrl: 'https://a.cn', clock: { now: () => 0 }, view: views.view };
    const verbs = {
      createVisit: async () => never(),
      readVisit: async () => null,
      push: async () => never(),
    };
    const live = await openPages(createDemoPage({ ...needs, ...verbs }));
    const response = await fetch(`${live.url}/demo`);
    expect(policyOf(response)['frame-src']).toBeUndefined();
    expect(await response.text()).not.toContain('<iframe');
    await live.close();
  });
});

function never(): never {
  throw new Error('not asked for here');
}

describe('a visit', () => {
  it('begins with a code as a picture, waits, and learns who scanned', async () => {
    const made = await post('/visits', {});
    expect(made.status).toBe(201);
    expect(await made.json()).toMatchObject({
      visit: VISIT,
      appId: 97,
      qrcodePicture: expect.stringMatching(/^data:image\/svg\+xml;base64,/),
    });
    const waiting = await fetch(`${pages.url}/demo/api/visits/${VISIT}`);
    expect(waiting.headers.get('cache-control')).toBe('no-store');
    expect(await waiting.json()).toEqual({ messages: [], callbacks: [] });
    states.set(VISIT, { uid: 'UID_ming', messages: [], callbacks: [] });
    expect(await (await fetch(`${pages.url}/demo/api/visits/${VISIT}`)).json()).toMatchObject({
      uid: 'UID_ming',
    });
  });

  it('that nobody began is unknown', async () => {
    for (const visit of ['visit_9999999999999999', 'short', '..%2f..', 'a b']) {
      expect(await codeOf(await fetch(`${pages.url}/demo/api/visits/${visit}`))).toEqual([404, 'noVisit']);
    }
  });
});

describe('a push', () => {
  const good = { content: ' 你好 ', summary: '', format: 'markdown', url: '' };
  const path = `/visits/${VISIT}/messages`;

  beforeEach(() => {
    states.set(VISIT, { uid: 'UID_ming', messages: [], callbacks: [] });
  });

  it('goes to the person who scanned, whatever else the body names', async () => {
    const response = await post(path, { ...good, uid: 'UID_other', visit: 'visit_of_somebody_else' });
    expect(response.status).toBe(201);
    expect(await response.json()).toEqual({ messageId: 1 });
    expect(pushed).toEqual([{ visit: VISIT, content: '你好', format: 'markdown' }]);
  });

  it('waits for the scan', async () => {
    states.set(VISIT, { messages: [], callbacks: [] });
    expect(await codeOf(await post(path, good))).toEqual([409, 'notScanned']);
    expect(pushed).toEqual([]);
  });

  it.each([
    ['nothing to say', { ...good, content: ' ' }],
    ['too much to say', { ...good, content: 'x'.repeat(40_001) }],
    ['a long summary', { ...good, summary: 'x'.repeat(101) }],
    ['an unknown format', { ...good, format: 'pdf' }],
    ['a link that is none', { ...good, url: 'javascript:alert(1)' }],
    ['no object', 'x'],
  ])('with %s is refused', async (_name, body) => {
    expect(await codeOf(await post(path, body))).toEqual([400, 'badBody']);
    expect(pushed).toEqual([]);
  });

  it('that is no JSON, or larger than the form can be, is refused', async () => {
    const send = (body: string) =>
      fetch(`${pages.url}/demo/api${path}`, {
        method: 'POST',
        headers: { ...OWN, 'Content-Type': 'application/json' },
        body,
      });
    expect(await codeOf(await send('{'))).toEqual([400, 'badBody']);
    expect(await codeOf(await send(`{"content":"${'x'.repeat(1_000_000)}"}`))).toEqual([400, 'badBody']);
  });

  it.each([
    ['from another site', { 'Sec-Fetch-Site': 'cross-site' }, 403],
    ['from a sibling domain', { 'Sec-Fetch-Site': 'same-site' }, 403],
    ['from another origin', { Origin: 'https://evil.test' }, 403],
    ['from a page without origin', { Origin: 'null' }, 403],
    ['from nowhere', {}, 403],
    ['from the public address', { Origin: 'https://push.example.com' }, 201],
    ['as a form would send it', { ...OWN, 'Content-Type': 'text/plain' }, 415],
  ])('%s: %o is %i', async (_name, headers, status) => {
    expect((await post(path, good, headers)).status).toBe(status);
    expect(pushed).toHaveLength(status === 201 ? 1 : 0);
  });

  it('is limited to twenty a minute', async () => {
    for (let n = 0; n < 20; n += 1) {
      expect((await post(path, good)).status).toBe(201);
    }
    expect(await codeOf(await post(path, good))).toEqual([429, 'tooMany']);
  });
});

describe('the inbox of the demo program', () => {
  const key = Buffer.from('a secret of the app');
  const secret = `whsec_${key.toString('base64')}`;

  function callback(body: unknown, change: Record<string, string> = {}) {
    const text = JSON.stringify(body);
    const id = change['webhook-id'] ?? 'evt_1';
    const timestamp = change['webhook-timestamp'] ?? String(clockMs / 1000);
    const mark = createHmac('sha256', key).update(`${id}.${timestamp}.${text}`).digest('base64');
    const headers: Record<string, string> = {
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': `v1,${mark}`,
      ...change,
    };
    return { body: text, header: (name: string) => headers[name] ?? '' };
  }

  function openInbox() {
    return createDemoInbox({ secrets: () => ['whsec_b3RoZXI=', secret], clock: { now: () => clockMs } });
  }

  it('keeps signed callbacks of each person, newest first, each once', () => {
    const inbox = openInbox();
    const first = { action: 'app_subscribe', data: { uid: 'UID_a' } };
    const second = { action: 'send_up_cmd', data: { uid: 'UID_a', content: 'hi' } };
    expect(inbox.receive(callback(first))).toBe('accepted');
    expect(inbox.receive(callback(second, { 'webhook-id': 'evt_2' }))).toBe('accepted');
    expect(inbox.receive(callback(second, { 'webhook-id': 'evt_2' }))).toBe('accepted');
    expect(inbox.list('UID_a').map(({ body }) => body)).toEqual([second, first]);
    expect(inbox.list('UID_b')).toEqual([]);
  });

  it('keeps no more than twenty of a person', () => {
    const inbox = openInbox();
    for (let n = 0; n < 30; n += 1) {
      inbox.receive(callback({ data: { uid: 'UID_a', n } }, { 'webhook-id': `evt_${n}` }));
    }
    expect(inbox.list('UID_a')).toHaveLength(20);
    expect(inbox.list('UID_a')[0]?.body).toMatchObject({ data: { n: 29 } });
  });

  it('takes any of several signatures', () => {
    const made = callback({ data: { uid: 'UID_a' } });
    const several = {
      ...made,
      header: (name: string) =>
        name === 'webhook-signature' ? `v1,x v1a,y ${made.header(name)}` : made.header(name),
    };
    expect(openInbox().receive(several)).toBe('accepted');
  });

  it.each([
    ['another signature', { 'webhook-signature': `v1,${Buffer.alloc(32).toString('base64')}` }],
    ['no signature', { 'webhook-signature': '' }],
    ['no id', { 'webhook-id': '' }],
    ['a time long ago', { 'webhook-timestamp': '1789999699' }],
    ['a time that is none', { 'webhook-timestamp': 'NaN' }],
  ])('refuses %s', (_name, change) => {
    const inbox = openInbox();
    expect(inbox.receive(callback({ data: { uid: 'UID_a' } }, change))).toBe('refused');
    expect(inbox.list('UID_a')).toEqual([]);
  });

  it.each([[{ data: {} }], [[]], ['text'], [null], [{ data: { uid: 7 } }]])('refuses the body %j', (body) => {
    expect(openInbox().receive(callback(body))).toBe('refused');
  });

  it('refuses a body that was changed on its way', () => {
    const made = callback({ data: { uid: 'UID_a' } });
    expect(openInbox().receive({ ...made, body: made.body.replace('UID_a', 'UID_b') })).toBe('refused');
  });
});
