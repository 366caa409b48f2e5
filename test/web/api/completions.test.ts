/** Who hears of the end of messages, as the management API sets it, and what it is told. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openWorld, type World } from '#test/support/world.js';

let w: World;
beforeEach(async () => {
  w = await openWorld();
});
afterEach(() => w.close());

const heardAt = async (name: string) => {
  await w.drain();
  const { items } = (await w.sim(`/inboxes/webhook/${name}`)).json as { items: { rendered: string }[] };
  return items.map(({ rendered }) => JSON.parse(rendered) as Record<string, unknown>);
};

const wishes = (name: string) => ({
  callbackUrl: w.webhook(name),
  callbackStyle: 'native',
  callbackCompletions: true,
});

describe('an app’s endpoint', () => {
  it('that asks for it hears of the end of every message, in our own form', async () => {
    const app = await w.app('alarm', wishes('native')).made();
    const phone = w.phone('Ming');
    await phone.scans(app.qrcodeUrl);
    const uid = await phone.uid();
    await w.drain();
    const { json } = await w.call('/api/send/message', {
      body: { appToken: app.appToken, content: 'hello', uids: [uid] },
    });
    expect(json).toMatchObject({ code: 1000 });
    const message = await w.db.message.findFirstOrThrow({ where: { appId: app.id } });
    const completed = (await heardAt('native')).filter(({ type }) => type === 'message.completed');
    const messageId = Number(message.id);
    const counts = { total: 1, sent: 1, failed: 0, unknown: 0, why: '' };
    expect(completed).toEqual([
      {
        id: messageId,
        type: 'message.completed',
        timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        data: { appId: app.id, appName: 'alarm', messageId, state: 'sent', ...counts },
      },
    ]);
  });

  it('is changed piece by piece, and shows what it hears', async () => {
    const { id } = await w.app('alarm', { callbackUrl: w.webhook('a') }).made();
    const read = async () => (await w.admin(`/apps/${id}/callback`)).json;
    expect(await read()).toMatchObject({ style: 'wxpusher', completions: false });
    const patch = (body: object) => w.admin(`/apps/${id}`, body, 'PATCH');
    expect((await patch({ callbackStyle: 'native' })).status).toBe(200);
    expect((await patch({ callbackCompletions: true })).status).toBe(200);
    expect((await patch({ callbackUrl: w.webhook('b') })).status).toBe(200);
    expect(await read()).toMatchObject({ url: w.webhook('b'), style: 'native', completions: true });
  });

  it('in WxPusher’s form has no such callback: the wish is refused and nothing is written', async () => {
    const refused = await w.admin('/apps', {
      name: 'a',
      callbackUrl: w.webhook('a'),
      callbackCompletions: true,
    });
    expect(refused.status).toBe(400);
    expect(await w.db.app.count({ where: { name: 'a' } })).toBe(0);
    const { id } = await w.app('alarm').made();
    const body = { name: 'changed', callbackCompletions: true };
    expect((await w.admin(`/apps/${id}`, body, 'PATCH')).json).toMatchObject({
      error: { code: 'bad_field' },
    });
    expect((await w.admin(`/apps/${id}`)).json).toMatchObject({ name: 'alarm' });
    expect((await w.admin(`/apps/${id}`, { callbackStyle: 'nonsense' }, 'PATCH')).status).toBe(400);
  });

  it('of a person’s own space speaks PushPlus and hears of every message', async () => {
    await w.phone('Ming').follows();
    const { personId } = await w.core.people.getByUid(await w.phone('Ming').uid());
    const space = await w.core.spaces.getSpace(personId);
    await w.admin(`/apps/${space.id}`, { callbackUrl: w.webhook('space') }, 'PATCH');
    const read = await w.admin(`/apps/${space.id}/callback`);
    expect(read.json).toMatchObject({ url: w.webhook('space'), style: 'pushplus', completions: true });
  });
});

it('the OpenAPI document tells what our own form carries', async () => {
  const { webhooks } = (await w.call('/openapi.json')).json as { webhooks: Record<string, unknown> };
  expect(Object.keys(webhooks).sort()).toEqual([
    'callback.test',
    'message.completed',
    'subscription.created',
    'upstream.received',
  ]);
  expect(JSON.stringify(webhooks['message.completed'])).toContain('messageId');
});
