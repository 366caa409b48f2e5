/** Sequences of ntfy 2.16: a later message takes the place of an earlier one, is taken off, or marked as read. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Answer, Ask } from '#test/support/http.js';
import { openWorld, type World } from '#test/support/world.js';

const HOUR_MS = 3_600_000;
/** The columns of a message that hold words of its sender. */
const STORED_TEXTS = { title: true, summary: true, body: true, url: true, extras: true } as const;

let w: World;
let topic = '';
let personId = 0;
/** Opens a world with Ming, who has a topic. */
async function open(): Promise<void> {
  w = await openWorld();
  await w.phone('Ming').follows();
  const uid = await w.phone('Ming').uid();
  ({ personId } = await w.core.people.getByUid(uid));
  topic = ((await w.admin(`/users/${uid}/keys`, { kind: 'ntfy' })).json as { key: string }).key;
}
const close = (): Promise<void> => w.close();

const publish = (body: string, headers: Record<string, string> = {}, path = ''): Promise<Answer> =>
  w.call(`/${topic}${path}`, { method: 'POST', body, headers });
const inSequence = (body: string, more: Record<string, string> = {}): Promise<Answer> =>
  publish(body, { 'x-sequence-id': 'job-1', ...more });

/** The cards that Ming got, newest first, each as its words. */
async function cards(): Promise<string[]> {
  await w.drain();
  return (await w.phone('Ming').cards()).map((card) => card.rendered);
}

/** What the page of one of Ming's cards shows now, with its status; the newest card where none is named. */
async function page(at = 0): Promise<string> {
  const all = await w.phone('Ming').cards();
  const shown = await fetch(all[at]?.url ?? '');
  return `${shown.status} ${await shown.text()}`;
}

async function arrived(place: string): Promise<Record<string, unknown>[]> {
  await w.drain();
  return ((await w.sim(`/inboxes/${place}`)).json as { items: Record<string, unknown>[] }).items;
}

describe('publishing names its sequence', () => {
  beforeAll(open);
  afterAll(close);
  beforeEach(() => w.db.message.deleteMany());

  it.each<[string, () => [path: string, ask: Ask]]>([
    [
      'by X-Sequence-ID',
      () => [`/${topic}`, { method: 'POST', body: 'm', headers: { 'X-Sequence-ID': 'a-1' } }],
    ],
    ['by Sequence-ID', () => [`/${topic}`, { method: 'PUT', body: 'm', headers: { 'Sequence-ID': 'a-1' } }]],
    ['by SID', () => [`/${topic}`, { method: 'POST', body: 'm', headers: { SID: 'a-1' } }]],
    ['in the query', () => [`/${topic}?sid=a-1`, { method: 'POST', body: 'm' }]],
    ['of a GET', () => [`/${topic}/publish?message=m&sequence_id=a-1`, {}]],
    ['in the path', () => [`/${topic}/a-1`, { method: 'POST', body: 'm' }]],
    ['in the path of a PUT', () => [`/ntfy/${topic}/a-1`, { method: 'PUT', body: 'm' }]],
    ['in JSON', () => ['/ntfy/', { body: { topic, message: 'm', sequence_id: 'a-1' } }]],
  ])('%s', async (_name, ask) => {
    const [path, input] = ask();
    const { status, json } = await w.call(path, input);
    expect([status, json]).toEqual([
      200,
      {
        id: expect.stringMatching(/^\w{12}$/),
        time: w.clock.now() / 1000,
        expires: w.clock.now() / 1000 + 12 * 3600,
        event: 'message',
        topic,
        sequence_id: 'a-1',
        message: 'm',
      },
    ]);
    expect(await w.db.message.findFirstOrThrow()).toMatchObject({ body: 'm' });
  });

  it.each(['a b', 'é', 'x'.repeat(65), '../x'])('and not as %j', async (name) => {
    const answer = await w.call('/ntfy/', { body: { topic, message: 'm', sequence_id: name } });
    expect(answer.json).toEqual({ code: 40049, http: 400, error: 'invalid request: sequence ID invalid' });
    expect(await w.db.message.count()).toBe(0);
  });

  it('and none by the verbs of publishing, which many post to', async () => {
    expect((await publish('eins', {}, '/publish')).json).not.toHaveProperty('sequence_id');
    expect((await publish('zwei', {}, '/publish')).status).toBe(200);
    expect(await cards()).toHaveLength(2);
  });
});

describe('a request', () => {
  beforeAll(open);
  afterAll(close);

  it.each([
    ['DELETE', '', 404, 40401],
    ['DELETE', '/a.b', 400, 40049],
    ['POST', '/job-1/clear', 404, 40401],
    ['PUT', '/job-1/gone', 404, 40401],
    ['DELETE', '/job-1/clear', 404, 40401],
    ['GET', '/job-1', 404, 40401],
  ])('%s %s is nothing that ntfy knows', async (method, path, status, code) => {
    const answer = await w.call(`/${topic}${path}`, { method });
    expect([answer.status, (answer.json as { code: number }).code]).toEqual([status, code]);
  });
});

describe('a later message', () => {
  beforeEach(open);
  afterEach(close);

  it('makes no second card, and the first one’s page shows it', async () => {
    await inSequence('下载 10%');
    expect(await cards()).toEqual([expect.stringContaining('下载 10%')]);
    const later = await inSequence('下载 **完成**', { title: 'Downloaded', markdown: 'yes' });
    expect(later.json).toMatchObject({ event: 'message', message: '下载 **完成**' });
    expect(await cards()).toHaveLength(1);
    expect(await page()).toContain('<strong>完成</strong>');
    expect(await page()).toContain('Downloaded');
    expect(await page()).not.toContain('10%');
    // The trace says why nothing went out.
    const row = await w.db.delivery.findFirstOrThrow({ orderBy: { id: 'desc' } });
    expect([row.state, row.attempts]).toEqual(['cancelled', expect.stringContaining('"replaced"')]);
  });

  it('goes in the place of one that has not left yet', async () => {
    await inSequence('旧的');
    await inSequence('新的');
    expect(await cards()).toEqual([expect.stringContaining('新的')]);
  });

  it('moves a scheduled one on, as a dead man’s switch does', async () => {
    for (const minutes of [0, 1, 2]) {
      await inSequence(`心跳停了 ${minutes}`, { in: '5m' });
      w.clock.advance(60_000);
      expect(await cards()).toEqual([]);
    }
    w.clock.advance(5 * 60_000);
    expect(await cards()).toEqual([expect.stringContaining('心跳停了 2')]);
  });

  it('that is scheduled shows on the page when its time has come', async () => {
    await inSequence('现在');
    await cards();
    await inSequence('以后', { in: '1h' });
    expect(await cards()).toHaveLength(1);
    expect(await page()).toContain('现在');
    w.clock.advance(HOUR_MS);
    expect(await cards()).toHaveLength(1);
    expect(await page()).toContain('以后');
  });

  it('is a card where the first one reached nobody', async () => {
    await w.sim('/faults', { path: '/wechat/cgi-bin/message/template/send', errcode: 43101, count: 1 });
    await inSequence('没送到');
    expect(await cards()).toEqual([]);
    await inSequence('送到了');
    expect(await cards()).toEqual([expect.stringContaining('送到了')]);
  });

  it('is a card again after twelve hours, so that a name that is used for ever is heard more than once', async () => {
    await inSequence('星期一的备份');
    expect(await cards()).toHaveLength(1);
    w.clock.advance(12 * HOUR_MS + 1000);
    await inSequence('星期二的备份');
    expect(await cards()).toHaveLength(2);
    expect(await page(0)).toContain('星期二的备份');
    expect(await page(1)).toContain('星期一的备份');
  });

  it('takes the place of none in another sequence, of another topic, or outside of any', async () => {
    await w.phone('Hua').follows();
    const hua = await w.phone('Hua').uid();
    const other = ((await w.admin(`/users/${hua}/keys`, { kind: 'ntfy' })).json as { key: string }).key;
    await inSequence('一');
    await publish('二', { 'x-sequence-id': 'job-2' });
    await publish('三');
    await w.call(`/${other}/job-1`, { method: 'POST', body: '四' });
    const got = await cards();
    expect(got).toHaveLength(3);
    expect(await w.phone('Hua').cards()).toHaveLength(1);
    expect(await page(got.findIndex((card) => card.includes('一')))).toContain('一');
  });

  it('may name the first one by the id that its answer had', async () => {
    const { id } = (await publish('第一版')).json as { id: string };
    expect(await cards()).toHaveLength(1);
    expect((await publish('第二版', {}, `/${id}`)).json).toMatchObject({ sequence_id: id });
    expect(await cards()).toHaveLength(1);
    expect(await page()).toContain('第二版');
  });

  it('holds when the server starts anew between the two', async () => {
    await inSequence('第一版');
    await cards();
    await w.restart();
    await inSequence('第二版');
    expect(await cards()).toHaveLength(1);
    expect(await page()).toContain('第二版');
  });
});

describe('what is done to a sequence', () => {
  beforeEach(open);
  afterEach(close);

  const change = (method: string, path: string): Promise<Answer> => w.call(`/${topic}${path}`, { method });

  it.each([
    ['DELETE', '/job-1', 'message_delete'],
    ['PUT', '/job-1/clear', 'message_clear'],
    ['PUT', '/job-1/read', 'message_clear'],
  ])('%s %s is answered with its event, known or not', async (method, path, event) => {
    const wanted = {
      id: expect.stringMatching(/^\w{12}$/),
      sequence_id: 'job-1',
      time: w.clock.now() / 1000,
      expires: w.clock.now() / 1000 + 12 * 3600,
      event,
      topic,
    };
    expect((await change(method, path)).json).toEqual(wanted);
    await inSequence('m');
    await cards();
    expect((await change(method, path)).json).toEqual(wanted);
    expect(await cards()).toHaveLength(1);
  });

  it('a deleted one leaves no page, and nothing of it goes out any more', async () => {
    await inSequence('密码是 1234', { tags: 'backup' });
    await cards();
    await inSequence('还没到时间', { in: '1h' });
    expect((await change('DELETE', '/job-1')).status).toBe(200);
    expect(await page()).not.toContain('1234');
    expect(await page()).toMatch(/^410.*已被删除/s);
    expect(JSON.stringify(await w.db.message.findMany({ select: STORED_TEXTS }))).not.toContain('1234');
    w.clock.advance(HOUR_MS);
    expect(await cards()).toHaveLength(1);
    await inSequence('重新开始');
    expect(await cards()).toHaveLength(2);
  });

  it('a scheduled message is called off by the id of its answer', async () => {
    const { id } = (await publish('提醒', { in: '1h' })).json as { id: string };
    expect((await change('DELETE', `/${id}`)).json).toMatchObject({
      event: 'message_delete',
      sequence_id: id,
    });
    w.clock.advance(HOUR_MS);
    expect(await cards()).toEqual([]);
  });

  it('one that was read keeps its page', async () => {
    await inSequence('还在');
    await cards();
    await change('PUT', '/job-1/clear');
    expect(await page()).toContain('还在');
  });

  it('nobody else’s is touched', async () => {
    await inSequence('明的');
    await cards();
    const strange = `qn${'x'.repeat(22)}`;
    expect((await w.call(`/${strange}/job-1`, { method: 'DELETE' })).json).toMatchObject({ code: 40301 });
    expect(await page()).toContain('明的');
  });
});

describe('somebody who receives by what can replace', () => {
  beforeEach(open);
  afterEach(close);

  const channel = async (kind: string, config: Record<string, string>): Promise<void> => {
    await w.core.channels.createChannel(personId, { kind, code: kind, config, default: true });
  };

  it('ntfy gets each message with its sequence, and what is done to it', async () => {
    await channel('ntfy', { server: `${w.simulatorUrl}/ntfy`, topic: 'sim-ops' });
    await inSequence('10%');
    await inSequence('100%');
    const shown = await arrived('ntfy');
    expect(shown.map(({ text, sequence_id, isReplaced }) => [text, sequence_id, isReplaced])).toEqual([
      ['100%', 'job-1', undefined],
    ]);
    await inSequence('更新');
    const [newest, older] = await arrived('ntfy');
    expect([newest?.text, older?.isReplaced]).toEqual(['更新', true]);
    await w.call(`/${topic}/job-1/clear`, { method: 'PUT' });
    expect((await arrived('ntfy'))[0]).toMatchObject({
      event: 'message_clear',
      sequence_id: 'job-1',
      to: 'sim-ops',
    });
    await w.call(`/${topic}/job-1`, { method: 'DELETE' });
    expect((await arrived('ntfy'))[0]).toMatchObject({ event: 'message_delete', sequence_id: 'job-1' });
    expect(await cards()).toEqual([]);
  });

  it('Bark has its notification replaced and removed', async () => {
    await channel('bark', { server: `${w.simulatorUrl}/bark`, key: 'sim-phone' });
    await inSequence('10%');
    await arrived('bark');
    await inSequence('100%');
    const [newest, older] = await arrived('bark');
    expect([newest?.text, older?.isReplaced]).toEqual(['100%', true]);
    await w.call(`/${topic}/job-1`, { method: 'DELETE' });
    expect((await arrived('bark'))[0]).toMatchObject({ isRemoval: true });
    expect(await cards()).toEqual([]);
  });
});
