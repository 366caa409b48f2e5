/** What people and endpoints saw, read from the simulator again and again, since its lists keep only the newest. */
import { setTimeout as sleep } from 'node:timers/promises';
import { COMMANDS_HOOK, FOLLOWS_HOOK, type Receiver } from './people.js';
import type { World } from './world.js';

/** Something that showed. */
export interface Showing {
  /** The place of a receiver, or a webhook's name. */
  where: string;
  /** In real milliseconds since the epoch. */
  at: number;
  text: string;
  /** The id that a signed request carries; empty for everything else. */
  webhookId: string;
}

interface InboxItem {
  id: number;
  at: number;
  kind?: string;
  rendered: string;
  request?: { headers: Record<string, string>; body: unknown };
}

/** A receiver's list keeps two hundred: after an outage that many may come within a few seconds. */
const LOOK_MS = 500;

/** Begins to read. `finish` reads a last time and gives all of it. */
export function keepJournal(world: World, people: readonly Receiver[]) {
  const seen = new Map<string, Showing>();
  let isOver = false;
  const hooks = [COMMANDS_HOOK, FOLLOWS_HOOK].map((where) => ({ path: `/inboxes/webhook/${where}`, where }));
  const chats = people.filter(({ inbox }) => inbox === null);
  const shared = [...new Set(people.flatMap(({ inbox }) => inbox ?? []))];

  async function look(): Promise<void> {
    const lists = [
      ...hooks.map(({ path, where }) => ({ path, whereOf: () => where })),
      ...chats.map(({ openid, where }) => ({ path: `/followers/${openid}/inbox`, whereOf: () => where })),
      ...shared.map((inbox) => ({ path: `/inboxes/${inbox}`, whereOf: findOwner })),
    ];
    await Promise.all(
      lists.map(async ({ path, whereOf }) => {
        const items = await read(path);
        note(
          path,
          items.filter(({ kind }) => kind !== 'own'),
          whereOf,
        );
      }),
    );
  }

  const findOwner = (text: string): string => people.find(({ needle }) => text.includes(needle))?.where ?? '';

  async function read(path: string): Promise<InboxItem[]> {
    return (await world.sim<{ items: InboxItem[] }>(path)).items;
  }

  function note(path: string, items: readonly InboxItem[], whereOf: (text: string) => string): void {
    for (const item of items.filter(({ id }) => !seen.has(`${path} ${id}`))) {
      const { id, at, rendered, request } = item;
      const text = typeof request?.body === 'string' ? request.body : rendered;
      const webhookId = request?.headers?.['webhook-id'] ?? '';
      const where = whereOf(JSON.stringify(item));
      seen.set(`${path} ${id}`, { where, at: world.time.toReal(at), text: `${text} ${rendered}`, webhookId });
    }
  }

  const reading = (async () => {
    while (!isOver) {
      await look();
      await sleep(LOOK_MS);
    }
  })();
  reading.catch(() => {});
  return {
    async finish(): Promise<Showing[]> {
      isOver = true;
      await reading;
      await look();
      return [...seen.values()];
    },
    stop(): void {
      isOver = true;
    },
  };
}
