/** The front desk: committed when it answers, shared writes, exact limits, and nothing written for what is refused. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MESSAGE_LIMITS } from '#src/core/publish.js';
import type { PublishCommand } from '#src/core/types.js';
import { ID_STRIDE } from '#src/lib/ids.js';
import { breakCalls } from '#test/support/broken-calls.js';
import { ON_POSTGRES } from '#test/support/database.js';
import { countCommits } from '#test/support/wal.js';
import { type CoreWorld, openCoreWorld } from './core-world.js';

let w: CoreWorld;
beforeEach(async () => {
  w = await openCoreWorld();
});
afterEach(() => w.close());

const command = (own: Partial<PublishCommand> = {}): PublishCommand => ({
  appId: 1,
  body: 'body',
  format: 'text',
  audience: { people: [], topics: [] },
  targets: [],
  source: 'test',
  ...own,
});
const publish = (own: Partial<PublishCommand> = {}) => w.core.publish(command(own));

describe('a message that is taken', () => {
  it('is found after a restart, with each person and topic once', async () => {
    const { messageId } = await publish({ audience: { people: [2, 1, 2], topics: [7, 7] }, title: '标题' });
    await w.restart();
    const row = await w.db.message.findUniqueOrThrow({ where: { id: messageId } });
    expect(row).toMatchObject({
      title: '标题',
      state: 'accepted',
      audience: '{"people":[2,1],"topics":[7]}',
    });
  });

  it('tells the engine once it is there', async () => {
    const before = w.countWakes();
    await publish();
    expect(w.countWakes()).toBe(before + 1);
  });

  it('has a record id for each target, in order and never shared', async () => {
    const targets = [{ uid: 'a' }, { topicId: 1 }, { uid: 'b' }];
    const [one, two] = await Promise.all([publish({ targets }), publish({ targets })]);
    const ids = [one, two].flatMap(({ messageId, recordIds }) => [messageId, ...recordIds]);
    expect(new Set(ids).size).toBe(8);
    expect(one.recordIds).toEqual([1, 2, 3].map((n) => one.messageId + n * ID_STRIDE));
  });

  it('shares its commit with the others of the moment', async () => {
    await publish();
    const before = countCommits(w.store.path);
    await Promise.all(Array.from({ length: 400 }, () => publish()));
    // Three small writes begin while the others still come in, 200 more fit into each that follows.
    expect(countCommits(w.store.path) - before).toBeLessThanOrEqual(5);
    expect(await w.db.message.count()).toBe(401);
  });

  it('to a topic of any size is one row', async () => {
    const appId = await w.store.addApp();
    await w.store.subscribe(await w.store.addPeople(500), appId, 1);
    await publish({ appId, audience: { people: [], topics: [1] } });
    expect([await w.db.message.count(), await w.db.delivery.count()]).toEqual([1, 0]);
  });
});

describe('a message with a key', () => {
  it('is the first one when it comes again, with the same record ids', async () => {
    const targets = [{ uid: 'a' }];
    const first = await publish({ idempotencyKey: 'k', targets });
    w.clock.advance(5000);
    expect(await publish({ idempotencyKey: 'k', targets, body: 'another' })).toEqual(first);
    await w.restart();
    expect(await publish({ idempotencyKey: 'k', targets })).toEqual(first);
    expect(await w.db.message.count()).toBe(1);
  });

  it.skipIf(ON_POSTGRES)(
    'is refused only where nothing is stored, whichever call of the database fails',
    async () => {
      for (let at = 0; at < 4; at += 1) {
        const mend = breakCalls(w.db, { at, isLasting: true });
        const key = `k${at}`;
        const isTaken = await publish({ idempotencyKey: key }).then(
          () => true,
          () => false,
        );
        mend();
        const rows = await w.db.message.count({ where: { dedupeKey: `1:${key}` } });
        expect([at, rows > 0]).toEqual([at, isTaken]);
      }
    },
  );

  it('belongs to its sender: another app or person may use the same', async () => {
    const ids = await Promise.all([
      publish({ idempotencyKey: 'k' }),
      publish({ idempotencyKey: 'k', appId: 2 }),
      publish({ idempotencyKey: 'k', appId: null, senderId: 1 }),
      publish({ idempotencyKey: 'k', appId: null, senderId: 2 }),
    ]);
    expect(new Set(ids.map(({ messageId }) => messageId)).size).toBe(4);
  });
});

describe('what can be no message', () => {
  const { body, title, summary, url } = MESSAGE_LIMITS;
  const bodyLimit = 65_536;
  const longUrl = (length: number) => `https://x.example/${'a'.repeat(length - 18)}`;

  it.each<[string, Partial<PublishCommand>, string]>([
    ['an empty body', { body: '' }, 'content_empty'],
    ['a blank body', { body: ' \n\t\u3000\ufeff' }, 'content_empty'],
    ['a body one character too long', { body: '文'.repeat(body + 1) }, 'content_too_long'],
    ['a body of too many emoji', { body: '🔥'.repeat(body + 1) }, 'content_too_long'],
    ['a body over a dialect’s own limit', { body: 'x'.repeat(bodyLimit + 1), bodyLimit }, 'content_too_long'],
    ['a title one character too long', { title: '🔥'.repeat(title + 1) }, 'field_too_long'],
    ['a summary one character too long', { summary: '文'.repeat(summary + 1) }, 'field_too_long'],
    ['a link one character too long', { url: longUrl(url + 1) }, 'field_too_long'],
    ['a script for a link', { url: 'javascript:alert(1)' }, 'bad_url'],
    ['a link with a line end', { url: 'https://x.example/\nb' }, 'bad_url'],
    ['a path for a link', { url: '/path' }, 'bad_url'],
  ])('is refused, and nothing is written: %s', async (_, own, code) => {
    await expect(publish(own)).rejects.toMatchObject({ name: 'AppError', code });
    expect(await w.db.message.count()).toBe(0);
  });

  it('starts only beyond the limits, which count code points', async () => {
    await publish({
      body: '🔥'.repeat(body),
      title: '🔥'.repeat(title),
      summary: '🔥'.repeat(summary),
      url: longUrl(url),
    });
    await publish({ body: 'x'.repeat(bodyLimit), bodyLimit });
    expect(await w.db.message.count()).toBe(2);
  });

  it('does not disturb the others of its moment', async () => {
    const results = await Promise.allSettled([publish(), publish({ body: '' }), publish()]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });
});

it('keeps texts that no database takes as far as one can', async () => {
  const { messageId } = await publish({ title: 'a\u0000b', body: 'half \ud83d pair' });
  const row = await w.db.message.findUniqueOrThrow({ where: { id: messageId } });
  expect([row.title, row.body]).toEqual(['a\ufffdb', 'half \ufffd pair']);
});
