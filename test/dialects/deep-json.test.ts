/** JSON that nests so deep that nobody can write it again: each door refuses it as it refuses broken JSON, and is no worse for it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KeyKind } from '#src/core/key-kinds.js';
import { MAX_JSON_DEPTH } from '#src/lib/json.js';
import { ask } from '#test/support/http.js';
import { openWorld, type World } from '#test/support/world.js';

let w: World;
const keys: Record<string, string> = {};
beforeAll(async () => {
  w = await openWorld();
  await w.phone('Ming').follows();
  const { personId } = await w.core.people.getByUid(await w.phone('Ming').uid());
  for (const kind of ['sendkey', 'pushplus', 'bark', 'pushdeer', 'ntfy', 'gotify'] satisfies KeyKind[]) {
    keys[kind] = await w.core.keys.showKey(personId, kind);
  }
});
afterAll(() => w.close());

/** Objects in objects, so many in all. */
const nested = (levels: number): string => `${'{"a":'.repeat(levels - 1)}{}${'}'.repeat(levels - 1)}`;
const HOSTILE = 20_000;

/** A place where a door keeps what it is given, with the levels around it, and what the refusal says. */
const PLACES: Readonly<
  Record<string, { path: () => string; body: (deep: string) => string; around: number; refused: unknown }>
> = {
  'bark, any field': {
    path: () => `/${keys.bark}`,
    body: (deep) => `{"body":"x","other":${deep}}`,
    around: 1,
    refused: [400, expect.objectContaining({ code: 400 })],
  },
  'gotify, extras': {
    path: () => `/message?token=${keys.gotify}`,
    body: (deep) => `{"message":"x","extras":${deep}}`,
    around: 1,
    refused: [400, expect.objectContaining({ errorCode: 400 })],
  },
  'ntfy, headers of a button': {
    path: () => '/ntfy/',
    body: (deep) =>
      `{"topic":"${keys.ntfy}","message":"x","actions":[{"action":"http","label":"x","url":"https://example.com","headers":${deep}}]}`,
    around: 3,
    refused: [400, expect.objectContaining({ code: 40017 })],
  },
  'pushplus, content': {
    path: () => `/send/${keys.pushplus}`,
    body: (deep) => `{"content":${deep}}`,
    around: 1,
    refused: [200, expect.objectContaining({ code: 999, msg: expect.stringMatching(/嵌套太深/) })],
  },
  'serverchan, a field that nobody reads': {
    path: () => `/${keys.sendkey}.send`,
    body: (deep) => `{"title":"x","other":${deep}}`,
    around: 1,
    refused: [400, expect.objectContaining({ code: 20001 })],
  },
  'pushdeer, a field that nobody reads': {
    path: () => `/message/push?pushkey=${keys.pushdeer}`,
    body: (deep) => `{"text":"x","other":${deep}}`,
    around: 1,
    refused: [200, expect.objectContaining({ code: 80501 })],
  },
};

describe.each(Object.entries(PLACES))('%s', (_, { path, body, around, refused }) => {
  const send = (levels: number) =>
    ask(`${w.url}${path()}`, {
      method: 'POST',
      body: body(nested(levels - around)),
      headers: { 'content-type': 'application/json' },
    });
  const count = () => w.db.message.count();

  it.each([
    ['20,000 levels', HOSTILE],
    ['one level too many', MAX_JSON_DEPTH + 1],
  ])('refuses %s in its own words, writing nothing', async (_name, levels) => {
    const before = await count();
    const { status, json } = await send(levels);
    expect([status, json]).toEqual(refused);
    expect(await count()).toBe(before);
    expect(w.lines.filter((line) => line.includes('"level":"error"'))).toEqual([]);
  });

  it('takes as many levels as there may be', async () => {
    const before = await count();
    expect((await send(MAX_JSON_DEPTH)).status).toBe(200);
    expect(await count()).toBe(before + 1);
  });
});

it('buttons of ntfy that come as JSON in a header are bounded alike', async () => {
  const send = (levels: number) => {
    const button = `{"action":"http","label":"x","url":"https://example.com","headers":${nested(levels - 2)}}`;
    return ask(`${w.url}/${keys.ntfy}`, {
      method: 'POST',
      body: 'x',
      headers: { 'x-actions': `[${button}]` },
    });
  };
  expect((await send(MAX_JSON_DEPTH)).status).toBe(200);
  const { status, json } = await send(MAX_JSON_DEPTH + 1);
  expect([status, json]).toEqual([400, expect.objectContaining({ code: 40018 })]);
});

it('brackets within texts are no levels', async () => {
  const text = `\\"${'[{'.repeat(HOSTILE / 8)}\\\\`;
  const answer = await ask(`${w.url}/message?token=${keys.gotify}`, {
    method: 'POST',
    body: `{"message":"${text}"}`,
    headers: { 'content-type': 'application/json' },
  });
  expect(answer.status).toBe(200);
});

it('the management API refuses it too', async () => {
  const headers = { authorization: `Bearer ${w.adminToken}` };
  const { status, json } = await w.call('/api/v1/apps', { body: Buffer.from(nested(HOSTILE)), headers });
  expect([status, json]).toEqual([400, { error: { code: 'bad_json', message: expect.any(String) } }]);
});
