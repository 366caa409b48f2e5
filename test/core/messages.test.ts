/** Messages as they are read back: by record, by state, by page. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ID_STRIDE } from '#src/lib/ids.js';
import { type CoreWorld, openCoreWorld } from './core-world.js';

let w: CoreWorld;
let appId: number;
beforeEach(async () => {
  w = await openCoreWorld();
  appId = (await w.core.apps.createApp({ name: '机房' }, null)).app.id;
});
afterEach(() => w.close());

const publish = (targets: { uid?: string; topicId?: number }[] = [], body = 'body') =>
  w.core.publish({
    appId,
    body,
    title: '标题',
    summary: '摘要',
    url: 'https://x.example/',
    format: 'markdown',
    audience: { people: [], topics: [] },
    targets,
    source: 'test',
  });

describe('a record', () => {
  it('leads to its message and to the very target, among neighbours of the same moment', async () => {
    const targets = Array.from({ length: 2005 }, (_, at) => ({ uid: `UID_${at}` }));
    const [small, large, next] = await Promise.all([publish([{ topicId: 9 }]), publish(targets), publish()]);
    for (const at of [0, 1, 1000, 2004]) {
      expect(await w.core.messages.findByRecord(large.recordIds[at] ?? 0)).toMatchObject({
        head: { id: large.messageId },
        target: { uid: `UID_${at}` },
        targetAt: at,
      });
    }
    expect(await w.core.messages.findByRecord(small.recordIds[0] ?? 0)).toMatchObject({
      target: { topicId: 9 },
    });
    expect(await w.core.messages.findByRecord(next.messageId)).toBeNull();
  });

  it.each([0, -16, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, 17])('%d is none', async (id) => {
    await publish([{ uid: 'a' }]);
    expect(await w.core.messages.findByRecord(id)).toBeNull();
  });

  it('beyond the targets of a message is none', async () => {
    const { messageId } = await publish([{ uid: 'a' }]);
    expect(await w.core.messages.findByRecord(messageId + 2 * ID_STRIDE)).toBeNull();
    expect(await w.core.messages.findByRecord(messageId + ID_STRIDE + 1)).toBeNull();
  });
});

describe('the state', () => {
  it.each([
    ['accepted', {}, 'accepted'],
    ['spreading', {}, 'sending'],
    ['expanded', { total: 2, sent: 1 }, 'sending'],
    ['done', { total: 2, sent: 1, failed: 1 }, 'sent'],
    ['done', { total: 2, failed: 1, cancelled: 1 }, 'failed'],
    ['done', { total: 1, cancelled: 1 }, 'cancelled'],
    ['cancelled', {}, 'cancelled'],
  ])('%s with %j is %s', async (state, counts, expected) => {
    const { messageId } = await publish();
    await w.db.message.update({ where: { id: messageId }, data: { state, ...counts } });
    expect((await w.core.messages.getMessage(messageId)).state).toBe(expected);
  });

  it('of an unknown message is not found', async () => {
    for (const id of [0, -1, 1.5, 12_345, Number.MAX_SAFE_INTEGER]) {
      await expect(w.core.messages.getMessage(id)).rejects.toMatchObject({ code: 'not_found' });
    }
  });
});

describe('the page', () => {
  const pageOf = (messageId: number) =>
    w.core.messages.findPage(w.core.pageLinks.urlOf(messageId).split('/m/')[1] ?? '');

  it('shows what was sent', async () => {
    const { messageId } = await publish([], '# 故障');
    expect(await pageOf(messageId)).toMatchObject({
      state: 'shown',
      title: '标题',
      appName: '机房',
      body: '# 故障',
      format: 'markdown',
      url: 'https://x.example/',
      sentAt: new Date(w.clock.now()),
    });
  });

  it('of a message that was taken down shows and keeps nothing of it', async () => {
    const { messageId } = await publish([], 'hunter2');
    await w.core.messages.deletePage(messageId, appId);
    expect(await pageOf(messageId)).toMatchObject({ state: 'deleted', title: '', body: '', url: '' });
    const row = await w.db.message.findUniqueOrThrow({ where: { id: messageId } });
    expect(
      JSON.stringify({ ...row, id: 0 }, (_, value) => (typeof value === 'bigint' ? 0 : value)),
    ).not.toContain('hunter2');
  });

  it('can be taken down by its own app only', async () => {
    const { messageId } = await publish();
    await expect(w.core.messages.deletePage(messageId, appId + 1)).rejects.toMatchObject({
      code: 'not_found',
    });
    expect(await pageOf(messageId)).toMatchObject({ state: 'shown' });
  });

  it('of a message past retention says so, and a made-up key leads nowhere', async () => {
    const { messageId } = await publish();
    await w.db.message.deleteMany();
    expect(await pageOf(messageId)).toMatchObject({ state: 'expired', body: '' });
    expect(await w.core.messages.findPage('g-0123456789abcdef01234567')).toBeNull();
  });
});
