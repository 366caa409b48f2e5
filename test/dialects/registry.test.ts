/** All dialects together: names and addresses of their own. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createDialects, type Dialect } from '#src/dialects/registry.js';
import { createWxpusher } from '#src/dialects/wxpusher/index.js';
import { type Door, openDoor } from './open-door.js';

let door: Door;
let dialects: readonly Dialect[];
beforeAll(async () => {
  door = await openDoor(createWxpusher);
  dialects = createDialects(door.core);
});
afterAll(() => door.close());

it('gives each dialect a name of its own', () => {
  const names = dialects.map((dialect) => dialect.name);
  expect(names).toContain('wxpusher');
  expect(new Set(names).size).toBe(names.length);
});

it('lets each dialect answer in its own words what it does not know under its prefix', () => {
  const silent = dialects.filter((dialect) => !dialect.answerUnknown).map((dialect) => dialect.name);
  expect(silent).toEqual([]);
});

it('lets no two calls claim one address', () => {
  const routes = dialects.flatMap((dialect) => dialect.routes.map(({ method, path }) => `${method} ${path}`));
  expect(routes).toContain('POST /api/send/message');
  expect(new Set(routes).size).toBe(routes.length);
});
