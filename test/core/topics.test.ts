/** Topics: under one app, within limits, gone with their followers. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CoreWorld, openCoreWorld } from './core-world.js';

let w: CoreWorld;
beforeEach(async () => {
  w = await openCoreWorld();
});
afterEach(() => w.close());

const make = (name = '机房') => w.core.apps.createApp({ name }, null);

describe('a topic', () => {
  it('belongs to its app', async () => {
    const [{ app }, other] = [await make(), await make('other')];
    const topic = await w.core.topics.createTopic(app.id, { name: ' 告警 ', description: '描述' });
    expect(topic).toMatchObject({ name: '告警', appId: app.id });
    expect((await w.core.topics.getTopic(app.id, topic.id)).id).toBe(topic.id);
    await expect(w.core.topics.getTopic(other.app.id, topic.id)).rejects.toMatchObject({ code: 'not_found' });
    await expect(w.core.topics.deleteTopic(other.app.id, topic.id)).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  it.each([
    [{ name: '' }, 'bad_field'],
    [{ name: '文'.repeat(65) }, 'field_too_long'],
    [{ name: 'a', description: '文'.repeat(1001) }, 'field_too_long'],
    [{ name: 'a', alias: '文'.repeat(65) }, 'field_too_long'],
    [{ name: 'a', contact: '文'.repeat(201) }, 'field_too_long'],
    [{ name: 'a', receipt: '文'.repeat(601) }, 'field_too_long'],
  ])('with %j is refused', async (input, code) => {
    const { app } = await make();
    await expect(w.core.topics.createTopic(app.id, input)).rejects.toMatchObject({ code });
    expect(await w.db.topic.count()).toBe(0);
  });

  it('has an alias of its own under its app, which is free again when it goes', async () => {
    const [{ app }, other] = [await make(), await make('other')];
    const { topics } = w.core;
    const input = { name: '告警', alias: ' ops ', contact: ' 100 ', receipt: '欢迎' };
    const topic = await topics.createTopic(app.id, input);
    expect(topic).toMatchObject({ alias: 'ops', contact: '100', receipt: '欢迎' });
    await expect(topics.createTopic(app.id, input)).rejects.toMatchObject({ code: 'conflict' });
    const namesake = await topics.createTopic(other.app.id, input);
    expect((await topics.findTopicByAlias(other.app.id, 'ops'))?.id).toBe(namesake.id);
    const second = await topics.createTopic(app.id, { name: '二' });
    await expect(topics.updateTopic(app.id, second.id, { alias: 'ops' })).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(await topics.updateTopic(app.id, topic.id, { alias: 'ops' })).toMatchObject({ alias: 'ops' });
    await topics.deleteTopic(app.id, topic.id);
    expect(await topics.findTopicByAlias(app.id, 'ops')).toBeNull();
    expect(await topics.updateTopic(app.id, second.id, { alias: 'ops' })).toMatchObject({ alias: 'ops' });
    expect(await topics.updateTopic(app.id, second.id, { alias: '' })).toMatchObject({ alias: null });
    expect(await topics.findTopicByAlias(app.id, '')).toBeNull();
  });

  it('takes its followers and codes along when it goes', async () => {
    const { app } = await make();
    const topic = await w.core.topics.createTopic(app.id, { name: '告警' });
    const people = await w.store.addPeople(2);
    await w.store.subscribe(people, app.id, topic.id);
    await w.store.subscribe(people, app.id, 0);
    await w.core.qrcodes.getDefault(app.id, topic.id);
    await w.core.topics.deleteTopic(app.id, topic.id);
    expect(await w.db.subscription.count()).toBe(2);
    expect(await w.db.qrCode.count()).toBe(0);
    expect(await w.core.topics.findTopics([topic.id, 0, -1, 1.5, 2 ** 31])).toEqual([]);
  });
});
