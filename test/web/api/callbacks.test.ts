/** Callbacks over the management API: the endpoint, its test, the log, and sending one again. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ApiWorld, type MadeApp, openApiWorld, START } from './api-world.js';

let w: ApiWorld;
let app: MadeApp;
let nextId = 1;

beforeAll(async () => {
  w = await openApiWorld();
});
afterAll(() => w.close());
beforeEach(async () => {
  app = await w.makeApp({ name: 'app', callbackUrl: 'https://dev.example/hook' });
});

/** A callback as the engine would have left it. */
async function logCallback(of: MadeApp, state: string): Promise<number> {
  const eventId = await w.core.events.emit({
    type: 'upstream.received',
    appId: of.id,
    personId: null,
    data: { uid: 'UID_x', content: 'restart' },
    dedupeKey: `test:${nextId}`,
  });
  const endpoint = await w.core.callbacks.findCallback(of.id);
  const attempts = JSON.stringify([{ at: START, outcome: 'retry', code: '500', detail: 'HTTP 500' }]);
  nextId += 1;
  const at = new Date(START);
  await w.db.delivery.create({
    data: {
      id: nextId,
      eventId,
      callbackId: endpoint?.id,
      appId: of.id,
      channel: 'callback',
      queue: `callback:${endpoint?.id}`,
      state,
      dueAt: at,
      createdAt: at,
      attempts,
    },
  });
  return nextId;
}

describe('the endpoint', () => {
  it('shows its address and its secret to its owner', async () => {
    const { body } = await w.call('GET', `/api/v1/apps/${app.id}/callback`);
    expect(body).toEqual({
      url: 'https://dev.example/hook',
      secret: app.callbackSecret,
      completions: false,
      oldSecretUntil: null,
      style: 'wxpusher',
      disabledAt: null,
      why: '',
    });
  });

  it('has a lasting secret for an app that was not made here', async () => {
    const made = await w.core.apps.createApp({ name: 'demo' }, null);
    const first = await w.call('GET', `/api/v1/apps/${made.app.id}/callback`);
    const second = await w.call('GET', `/api/v1/apps/${made.app.id}/callback`);
    expect(first.body).toMatchObject({ url: '', secret: expect.stringMatching(/^whsec_/) });
    expect(second.body.secret).toBe(first.body.secret);
  });

  it('is tested by an event of its own, each time anew', async () => {
    const path = `/api/v1/apps/${app.id}/callback/test`;
    const [first, second] = [await w.call('POST', path), await w.call('POST', path)];
    expect([first.status, second.status]).toEqual([202, 202]);
    const events = await w.db.event.findMany({ where: { appId: app.id } });
    expect(events.map((event) => Number(event.id)).sort()).toEqual(
      [first.body.eventId, second.body.eventId].map(Number).sort(),
    );
    expect(events.every((event) => event.type === 'callback.test')).toBe(true);
  });

  it('cannot be tested where there is none', async () => {
    const quiet = await w.makeApp({ name: 'quiet' });
    const refused = await w.call('POST', `/api/v1/apps/${quiet.id}/callback/test`);
    expect([refused.status, refused.body.error?.code]).toEqual([409, 'conflict']);
    expect(await w.db.event.count({ where: { appId: quiet.id } })).toBe(0);
  });
});

describe('a new secret', () => {
  const replace = (id: number, token?: string) =>
    w.call('POST', `/api/v1/apps/${id}/callback-secret`, token === undefined ? {} : { token });

  it('is shown once more with the endpoint, with the time when the old one ceases', async () => {
    const { status, body } = await replace(app.id);
    expect([status, body]).toEqual([
      200,
      { secret: expect.stringMatching(/^whsec_[A-Za-z\d+/]{32}$/), oldSecretUntil: START + 24 * 3_600_000 },
    ]);
    expect(body.secret).not.toBe(app.callbackSecret);
    expect((await w.call('GET', `/api/v1/apps/${app.id}/callback`)).body).toMatchObject(body);
  });

  it('is kept sealed, as the old one is', async () => {
    const { body } = await replace(app.id);
    const row = JSON.stringify(await w.db.callback.findFirst({ where: { appId: app.id } }));
    expect(row).not.toContain(body.secret);
    expect(row).not.toContain(app.callbackSecret);
  });

  it('is for the app’s own developer, and for apps that had no endpoint too', async () => {
    const { token } = await w.developer('stranger');
    expect((await replace(app.id, token)).status).toBe(404);
    expect((await w.core.callbacks.findCallback(app.id))?.secret).toBe(app.callbackSecret);
    const bare = await w.core.apps.createApp({ name: 'bare' }, null);
    expect((await replace(bare.app.id)).status).toBe(200);
  });

  it('stays the one that was answered when two ask at once', async () => {
    const answers = await Promise.all([replace(app.id), replace(app.id), replace(app.id)]);
    const secret = (await w.core.callbacks.findCallback(app.id))?.secret;
    expect(answers.filter(({ status }) => status === 200).map(({ body }) => body.secret)).toContain(secret);
    expect(new Set(answers.map(({ status }) => status)).size).toBeLessThanOrEqual(2);
  });
});

describe('the log', () => {
  it('lists what was sent where and how it went, newest first', async () => {
    const sent = await logCallback(app, 'sent');
    const due = await logCallback(app, 'due');
    const { body } = await w.call('GET', `/api/v1/callbacks?appId=${app.id}`);
    const attempts = [{ at: START, outcome: 'retry', code: '500', detail: 'HTTP 500' }];
    const row = {
      appId: app.id,
      event: 'upstream.received',
      createdAt: START,
      request: { url: 'https://dev.example/hook', data: { uid: 'UID_x', content: 'restart' } },
      attempts,
    };
    expect(body).toEqual({
      total: 2,
      items: [
        { ...row, id: due, state: 'due', nextTryAt: START },
        { ...row, id: sent, state: 'sent', nextTryAt: null },
      ],
    });
  });

  it('picks by state and by page', async () => {
    await logCallback(app, 'sent');
    const failed = [await logCallback(app, 'failed'), await logCallback(app, 'failed')];
    const { body } = await w.call('GET', `/api/v1/callbacks?appId=${app.id}&state=failed&page=2&pageSize=1`);
    expect(body).toMatchObject({ total: 2, items: [{ id: failed[0], state: 'failed' }] });
  });

  it('shows a developer the own apps’ callbacks only', async () => {
    const [dev, stranger] = [await w.developer('dev'), await w.developer('stranger')];
    const own = await w.makeApp({ name: 'own', callbackUrl: 'https://dev.example/own' }, dev.token);
    const id = await logCallback(own, 'sent');
    await logCallback(app, 'sent');
    expect((await w.call('GET', '/api/v1/callbacks', { token: dev.token })).body).toMatchObject({
      total: 1,
      items: [{ id }],
    });
    expect((await w.call('GET', '/api/v1/callbacks', { token: stranger.token })).body.total).toBe(0);
    const foreign = await w.call('GET', `/api/v1/callbacks?appId=${own.id}`, { token: stranger.token });
    expect(foreign.status).toBe(404);
  });

  it.each(['state=odd', 'appId=x', 'pageSize=1000'])('refuses ?%s', async (query) => {
    const refused = await w.call('GET', `/api/v1/callbacks?${query}`);
    expect([refused.status, refused.body.error?.code]).toEqual([400, 'bad_request']);
    expect(refused.body.error?.message).toContain(query.split('=')[0]);
  });
});

describe('sending again', () => {
  it('puts a failed callback back in the queue and wakes its endpoint', async () => {
    const id = await logCallback(app, 'failed');
    await w.db.callback.updateMany({
      where: { appId: app.id },
      data: { disabledAt: new Date(START), why: '410' },
    });
    const replayed = await w.call('POST', `/api/v1/callbacks/${id}/replay`);
    expect([replayed.status, replayed.body]).toEqual([200, { id, state: 'due' }]);
    expect(await w.db.delivery.findUnique({ where: { id } })).toMatchObject({ state: 'due', tries: 0 });
    expect(await w.core.callbacks.findCallback(app.id)).toMatchObject({ disabledAt: null, why: '' });
  });

  it('is refused while a try is under way', async () => {
    const id = await logCallback(app, 'claimed');
    const refused = await w.call('POST', `/api/v1/callbacks/${id}/replay`);
    expect([refused.status, refused.body.error?.code]).toEqual([409, 'conflict']);
    expect(await w.db.delivery.findUnique({ where: { id } })).toMatchObject({ state: 'claimed' });
  });

  it('is for the own apps only', async () => {
    const id = await logCallback(app, 'failed');
    const { token } = await w.developer('stranger');
    expect((await w.call('POST', `/api/v1/callbacks/${id}/replay`, { token })).status).toBe(404);
    expect(await w.db.delivery.findUnique({ where: { id } })).toMatchObject({ state: 'failed' });
  });

  it('does not know a message’s delivery for a callback, nor an impossible number', async () => {
    const id = await logCallback(app, 'failed');
    await w.db.delivery.update({ where: { id }, data: { channel: 'wechat' } });
    for (const name of [id, 0, 'x', '9007199254740991', '9'.repeat(30)]) {
      expect((await w.call('POST', `/api/v1/callbacks/${name}/replay`)).status).toBe(404);
    }
  });
});
