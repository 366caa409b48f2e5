/** What people and endpoints saw, read from the simulator again and again, since its lists keep only the newest. */
import { setTimeout as sleep } from 'node:timers/promises';
import { COMMANDS_HOOK, FOLLOWS_HOOK, type Receiver } from './people.js';
import type { World } from './world.js';

/** Something that showed. */
export interface Showing {
  /** A person's openid, or a webhook's name. */
  where: string;
  /** By the real clock, milliseconds since the epoch. */
  at: number;
  text: string;
  /** The id that a signed request carries; empty for cards. */
  webhookId: string;
}

interface InboxItem {
  id: number;
  at: number;
  kind?: string;
  rendered: string;
  request?: { headers: Record<string, string>; body: string };
}

const LOOK_MS = 2000;

/** Begins to read. `finish` reads a last time and gives all of it. */
export function keepJournal(world: World, people: readonly Receiver[]) {
  const seen = new Map<string, Showing>();
  let isOver = false;

  async function look(): Promise<void> {
    const chats = people.map(({ openid }) => ({ where: openid, path: `/followers/${openid}/inbox` }));
    const hooks = [COMMANDS_HOOK, FOLLOWS_HOOK, ...people.flatMap(({ hook }) => hook ?? [])];
    const places = [...chats, ...hooks.map((where) => ({ where, path: `/inboxes/webhook/${where}` }))];
    for (const { where, path } of places) {
      const { items } = await world.sim<{ items: InboxItem[] }>(path);
      for (const item of items.filter(({ kind }) => kind !== 'own')) {
        const { id, at, rendered, request } = item;
        const webhookId = request?.headers['webhook-id'] ?? '';
        seen.set(`${where} ${id}`, { where, at, text: request?.body ?? rendered, webhookId });
      }
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
