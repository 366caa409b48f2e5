/** A store on a temporary file with the few rows that tests of statements need, made by the statements themselves. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createNewId, ID_STRIDE } from '#src/lib/ids.js';
import { insertSubscriptions } from '#src/store/events.js';
import { insertMessages, type NewMessage } from '#src/store/messages.js';
import { type Db, openStore, type Store } from '#src/store/open.js';
import { upsertPeople } from '#src/store/people.js';
import { type AcceptedMessage, listAccepted } from '#src/store/spreading.js';
import { createTestClock } from '#test/support/clock.js';
import { openDatabase } from '#test/support/database.js';

/** The account that everybody in these tests follows. */
export const ACCOUNT = { platform: 'wechat', account: 'wxtest' };

/** A store of its own; close it after the test. */
export type StoreWorld = Awaited<ReturnType<typeof openStoreWorld>>;

/** Opens it. `world.db` is always the handle of the latest opening. */
export async function openStoreWorld() {
  const folder = mkdtempSync(join(tmpdir(), 'qingniao-store-'));
  const path = join(folder, 'test.db');
  const clock = createTestClock();
  const newId = createNewId(clock);
  const database = await openDatabase(folder, 'test.db');
  let store: Store = await openStore(database.url);
  const db = (): Db => store.db;

  /** Makes followers of the account; returns their ids. */
  async function addPeople(count: number): Promise<number[]> {
    const arrivals = Array.from({ length: count }, () => {
      const personId = newId();
      return {
        ...ACCOUNT,
        externalId: `o${personId}`,
        personId,
        uid: `UID_${personId}`,
        following: true,
        at: clock.now(),
      };
    });
    const people = await upsertPeople(db(), arrivals);
    return people.map((person) => person.personId);
  }

  /** Makes an app; returns its number. */
  async function addApp(): Promise<number> {
    const row = await db().app.create({
      data: { name: 'app', subscribeCode: `s${newId()}`, createdAt: new Date(clock.now()) },
    });
    return row.id;
  }

  /** Subscribes people to an app's topic (0: the app itself). */
  async function subscribe(people: readonly number[], appId: number, topicId: number): Promise<void> {
    const rows = people.map((personId) => ({
      id: newId(),
      personId,
      appId,
      topicId,
      source: 'scan',
      extra: '',
      createdAt: clock.now(),
    }));
    await insertSubscriptions(db(), rows, []);
  }

  /** A message as the accept path writes it. */
  function toMessage(audience: { people?: number[]; topics?: number[] }, own: Partial<NewMessage> = {}) {
    const { people = [], topics = [] } = audience;
    return {
      id: newId(),
      appId: 1,
      senderId: null,
      source: 'test',
      title: '',
      summary: '',
      body: 'body',
      format: 'text',
      url: '',
      audience: JSON.stringify({ people, topics }),
      targets: '[]',
      priority: 0,
      channels: null,
      extras: null,
      dedupeKey: null,
      createdAt: clock.now(),
      sendAt: null,
      expiresAt: null,
      ...own,
    } satisfies NewMessage;
  }

  /** Accepts a message and returns it as the expansion sees it. */
  async function accept(
    audience: { people?: number[]; topics?: number[] },
    own: Partial<NewMessage> = {},
  ): Promise<AcceptedMessage> {
    const message = toMessage(audience, own);
    await insertMessages(db(), [message]);
    const found = (await listAccepted(db(), Number.MAX_SAFE_INTEGER, 1000)).find(
      ({ id }) => id === message.id,
    );
    if (!found) {
      throw new Error('the message is not waiting for its expansion');
    }
    return found;
  }

  /** Rows of direct deliveries of a message, as the expansion makes them. */
  function toDeliveries(message: AcceptedMessage, people: readonly number[], queue = 'wechat') {
    const first = newId(people.length);
    return people.map((personId, at) => ({
      id: first + at * ID_STRIDE,
      messageId: message.id,
      personId,
      appId: message.appId,
      channel: 'wechat',
      queue,
      slot: '',
      configId: null,
      problem: null,
    }));
  }

  /** Puts a message's deliveries into a state, and counts them there as the engine does. */
  async function putInto(
    state: string,
    message: Pick<AcceptedMessage, 'id'>,
    personId?: number,
  ): Promise<void> {
    const { count } = await store.db.delivery.updateMany({
      where: { messageId: message.id, personId },
      data: { state },
    });
    if (state === 'sent' || state === 'failed' || state === 'cancelled') {
      await store.db.message.update({ where: { id: message.id }, data: { [state]: { increment: count } } });
    }
  }

  return {
    path,
    clock,
    newId,
    get db(): Db {
      return store.db;
    },
    scope: () => ({ ...ACCOUNT, now: clock.now() }),
    addPeople,
    addApp,
    subscribe,
    toMessage,
    accept,
    toDeliveries,
    putInto,
    /** Ends the store and opens it again, as a restart does. */
    async reopen(): Promise<void> {
      await store.close();
      store = await openStore(database.url);
    },
    async close(): Promise<void> {
      await store.close();
      await database.drop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
