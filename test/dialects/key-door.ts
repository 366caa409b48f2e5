/** A dialect that pushes by a person's key, at the root and under its prefix, with two people who have such keys. */
import Router from '@koa/router';
import type { Core } from '#src/core/index.js';
import type { KeyKind } from '#src/core/key-kinds.js';
import type { Dialect } from '#src/dialects/dialect.js';
import { serveDialects } from '#src/dialects/doors.js';
import { type Answer, type Ask, ask } from '#test/support/http.js';
import { type Door, openDoor } from './open-door.js';

/** A message as it lies in the store. */
export interface Taken {
  id: number;
  source: string;
  title: string;
  body: string;
  format: string;
  url: string;
  priority: number;
  people: number[];
  channels: string[] | null;
  extras: Record<string, Record<string, unknown>>;
  sendAt: number | null;
}

/** The open door with its cast. */
export interface KeyDoor extends Door {
  ming: { personId: number; uid: string; key: string };
  hua: { personId: number; uid: string; key: string };
  ask(path: string, input?: Ask): Promise<Answer>;
  /** What was taken in since the last look, oldest first. */
  taken(): Promise<Taken[]>;
}

/** Opens a dialect whose keys are of that kind. The caller closes it. */
export async function openKeyDoor(create: (core: Core) => Dialect, kind: KeyKind): Promise<KeyDoor> {
  const door = await openDoor((core) => {
    const dialect = create(core);
    const router = new Router();
    router.all('{/*testPath}', serveDialects([dialect]));
    return { ...dialect, router };
  });
  const [ming, hua] = await Promise.all(
    ['ming', 'hua'].map(async (name) => {
      const person = await door.person(name);
      return { ...person, key: (await door.core.keys.createKey(person.personId, kind)).key };
    }),
  );
  if (!ming || !hua) {
    throw new Error('the cast is not complete');
  }
  let seen = 0n;
  return {
    ...door,
    ming,
    hua,
    ask: (path, input) => ask(`${door.origin}${path}`, input),
    taken: async () => {
      const rows = await door.db.message.findMany({ where: { id: { gt: seen } }, orderBy: { id: 'asc' } });
      seen = rows.at(-1)?.id ?? seen;
      return rows.map(
        ({ id, source, title, body, format, url, priority, audience, channels, extras, sendAt }) => ({
          id: Number(id),
          source,
          title,
          body,
          format,
          url,
          priority,
          people: JSON.parse(audience).people,
          channels: channels === null ? null : JSON.parse(channels),
          extras: extras === null ? {} : JSON.parse(extras),
          sendAt: sendAt?.getTime() ?? null,
        }),
      );
    },
  };
}
