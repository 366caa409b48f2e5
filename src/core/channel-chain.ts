/** The order in which a person's channels are tried: the one chosen as first, and the chain of those behind it. */
import type { CoreDeps } from './deps.js';
import { notFound } from './errors.js';
import { parseRoute, storeRoute } from './routes.js';
import type { RouteStep } from './types.js';

/** The verbs of the chain. */
export type ChannelChain = ReturnType<typeof createChannelChain>;

/** Makes the verbs of the chain. All throw not_found for a channel that is not this person's. */
export function createChannelChain({ db }: CoreDeps) {
  /** The way that a message to this person takes now; the server's own accounts have no `configId`. */
  async function readRoute(personId: number): Promise<RouteStep[]> {
    const where = { id: BigInt(personId) };
    const person = await db.person.findUnique({ where, select: { route: true } });
    return parseRoute(person?.route ?? '');
  }

  /** Makes a channel the first one; null gives the first place back to the server's own account. */
  async function chooseFirst(personId: number, id: number | null): Promise<void> {
    if (id !== null) {
      await checkOwn(personId, id);
    }
    const where = { personId: BigInt(personId) };
    await db.$transaction([
      db.channelConfig.updateMany({ where, data: { isDefault: false } }),
      ...(id === null ? [] : [db.channelConfig.update({ where: { id }, data: { isDefault: true } })]),
    ]);
    await storeRoute(db, personId);
  }

  /** Puts a channel at the end of the chain; one that is in it stays where it is. */
  async function joinChain(personId: number, id: number): Promise<void> {
    await checkOwn(personId, id);
    const ids = await listIds(personId);
    await saveOrder(personId, ids.includes(id) ? ids : [...ids, id]);
  }

  /** Takes a channel out of the chain. */
  async function leaveChain(personId: number, id: number): Promise<void> {
    await checkOwn(personId, id);
    await db.channelConfig.update({ where: { id }, data: { fallback: null } });
    await saveOrder(personId, await listIds(personId));
  }

  /** Lets a channel of the chain change places with the one before it (-1) or after it (1); does nothing at an end. */
  async function moveInChain(personId: number, id: number, by: -1 | 1): Promise<void> {
    await checkOwn(personId, id);
    const ids = await listIds(personId);
    const at = ids.indexOf(id);
    const neighbour = ids[at + by];
    if (at === -1 || neighbour === undefined) {
      return;
    }
    await saveOrder(
      personId,
      ids.map((one, place) => (place === at ? neighbour : place === at + by ? id : one)),
    );
  }

  /** Those in the chain by their order; the first choice is not in it, whatever place it had. */
  async function listIds(personId: number): Promise<number[]> {
    const rows = await db.channelConfig.findMany({
      where: { personId: BigInt(personId), fallback: { not: null }, isDefault: false },
      orderBy: [{ fallback: 'asc' }, { id: 'asc' }],
      select: { id: true },
    });
    return rows.map((row) => row.id);
  }

  async function saveOrder(personId: number, ids: readonly number[]): Promise<void> {
    await db.$transaction(
      ids.map((id, at) => db.channelConfig.updateMany({ where: { id }, data: { fallback: at + 1 } })),
    );
    await storeRoute(db, personId);
  }

  async function checkOwn(personId: number, id: number): Promise<void> {
    const isId = Number.isInteger(id) && id > 0 && id < 2 ** 31;
    const where = { id, personId: BigInt(personId) };
    if (!isId || (await db.channelConfig.count({ where })) === 0) {
      throw notFound('通道 Channel');
    }
  }

  return { readRoute, chooseFirst, joinChain, leaveChain, moveInChain };
}
