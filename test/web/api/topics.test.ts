/** Topics over the management API. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type ApiWorld, type MadeApp, openApiWorld, START, WECHAT_REFUSAL } from './api-world.js';

let w: ApiWorld;
let app: MadeApp;

beforeAll(async () => {
  w = await openApiWorld();
});
afterAll(() => w.close());
beforeEach(async () => {
  w.wechat.refuses = null;
  app = await w.makeApp({ name: 'app' });
});

const makeTopic = (body: object) => w.call('POST', `/api/v1/apps/${app.id}/topics`, { body });

it('makes a topic and answers exactly its five fields', async () => {
  const made = await makeTopic({ name: '新闻', description: '每日' });
  expect(made.status).toBe(201);
  expect(made.body).toEqual({
    id: expect.any(Number),
    code: expect.stringMatching(/^\w{12}$/),
    name: '新闻',
    qrcodeUrl: expect.stringMatching(/^http:\/\/weixin\.qq\.com\/q\//),
    subscribeUrl: `https://push.example/s/${made.body.code}`,
  });
  const scene = String(made.body.qrcodeUrl).split('/').at(-1) ?? '';
  expect(await w.core.qrcodes.findByScene(scene)).toMatchObject({ appId: app.id, topicId: made.body.id });
});

it('leaves nothing behind when WeChat refuses the QR code', async () => {
  const before = await Promise.all([w.db.topic.count(), w.db.qrCode.count()]);
  w.wechat.refuses = WECHAT_REFUSAL;
  const refused = await makeTopic({ name: 'unlucky' });
  expect([refused.status, refused.body.error?.code]).toEqual([502, 'wechat_failed']);
  expect(await Promise.all([w.db.topic.count(), w.db.qrCode.count()])).toEqual(before);
});

it('lists topics oldest first, and shows one with its QR code', async () => {
  const made = await makeTopic({ name: 'first', description: 'd' });
  await makeTopic({ name: 'second' });
  const list = await w.call('GET', `/api/v1/apps/${app.id}/topics?pageSize=1`);
  const { id, code, name, qrcodeUrl, subscribeUrl } = made.body;
  const texts = { alias: null, description: 'd', contact: '', receipt: '' };
  const summary = { id, code, name, subscribeUrl, ...texts, createdAt: START };
  expect(list.body).toEqual({ total: 2, items: [summary] });
  const one = await w.call('GET', `/api/v1/apps/${app.id}/topics/${made.body.id}`);
  expect(one.body).toEqual({ ...summary, qrcodeUrl, qrcodeExpiresAt: expect.any(Number) });
});

it('changes what is given of a topic', async () => {
  const { body } = await makeTopic({ name: 'old', description: 'stays' });
  const changed = await w.call('PATCH', `/api/v1/apps/${app.id}/topics/${body.id}`, {
    body: { name: 'new' },
  });
  expect(changed.status).toBe(200);
  expect(changed.body).toMatchObject({ id: body.id, code: body.code, name: 'new', description: 'stays' });
  const texts = { alias: 'ops', contact: '100', receipt: '欢迎' };
  const path = `/api/v1/apps/${app.id}/topics/${body.id}`;
  expect((await w.call('PATCH', path, { body: texts })).body).toMatchObject(texts);
  expect((await makeTopic({ name: 'second', alias: 'ops' })).status).toBe(409);
});

it('deletes a topic with its code', async () => {
  const { body } = await makeTopic({ name: 'doomed' });
  const scene = String(body.qrcodeUrl).split('/').at(-1) ?? '';
  await w.core.qrcodes.findByScene(scene);
  expect((await w.call('DELETE', `/api/v1/apps/${app.id}/topics/${body.id}`)).status).toBe(204);
  expect((await w.call('GET', `/api/v1/apps/${app.id}/topics/${body.id}`)).status).toBe(404);
  expect(await w.core.qrcodes.findByScene(scene)).toBeNull();
});

it.each([
  [{}, 'bad_request'],
  [{ name: ['x'] }, 'bad_request'],
  [{ name: ' ' }, 'bad_field'],
  [{ name: 'x'.repeat(65) }, 'field_too_long'],
])('refuses %j as a topic', async (body, code) => {
  const refused = await makeTopic(body);
  expect([refused.status, refused.body.error?.code]).toEqual([400, code]);
  expect(refused.body.error?.message).toContain('name');
});

it('has no topic of another app, of no number, or beyond all numbers', async () => {
  const { body } = await makeTopic({ name: 'here' });
  const other = await w.makeApp({ name: 'other' });
  const paths = [
    `/api/v1/apps/${other.id}/topics/${body.id}`,
    `/api/v1/apps/${app.id}/topics/x`,
    `/api/v1/apps/${app.id}/topics/9007199254740991`,
  ];
  for (const path of paths) {
    for (const method of ['GET', 'PATCH', 'DELETE']) {
      const answer = await w.call(method, path, { body: method === 'PATCH' ? { name: 'x' } : undefined });
      expect([path, method, answer.status]).toEqual([path, method, 404]);
    }
  }
});
