/** What a call does not know is refused with the nearest name that it knows: in every body and query of the management API. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWorld, type World } from '#test/support/world.js';

let w: World;
let uid: string;
beforeAll(async () => {
  w = await openWorld();
  const ming = w.phone('Ming');
  await ming.follows();
  uid = await ming.uid();
});
afterAll(() => w.close());

interface Operation {
  operationId: string;
  parameters?: { name: string; in: string }[];
  requestBody?: {
    content: { 'application/json': { schema: { properties?: Record<string, { properties?: object }> } } };
  };
}

/** All calls, each with what it knows and an address whose numbers could be right. */
async function listCalls() {
  const { paths } = (await w.call('/openapi.json')).json as {
    paths: Record<string, Record<string, Operation>>;
  };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      path: path
        .replace('/api/v1', '')
        .replace('{uid}', uid)
        .replace('{kind}', 'email')
        .replace(/\{\w+\}/g, '1'),
      method: method.toUpperCase(),
      name: operation.operationId,
      query: (operation.parameters ?? []).filter((one) => one.in === 'query').map(({ name }) => name),
      fields: operation.requestBody?.content['application/json'].schema.properties ?? null,
    })),
  );
}

/** A slip of the finger: two letters in the other order, and one too many. */
const misspell = (name: string): string => `${name.slice(0, -2)}${name.slice(-1)}${name.slice(-2, -1)}s`;

it('in a body, whichever call it is', async () => {
  const calls = (await listCalls()).filter(({ method }) => method !== 'GET');
  expect(calls.length).toBeGreaterThan(30);
  for (const { name, path, method, fields } of calls) {
    const known = Object.keys(fields ?? {});
    for (const field of known.length > 0 ? known : ['anything']) {
      const refused = await w.admin(path, { [misspell(field)]: 'x' }, method);
      const told = known.length > 0 ? field : '什么字段都不要';
      expect([name, refused.status, refused.text]).toEqual([name, 400, expect.stringContaining(told)]);
    }
  }
});

it('in an object within a body', async () => {
  const inner = (await listCalls()).flatMap(({ fields, ...call }) =>
    Object.entries(fields ?? {}).flatMap(([outer, { properties = {} }]) =>
      Object.keys(properties).map((field) => ({ ...call, outer, field })),
    ),
  );
  for (const { name, path, method, outer, field } of inner) {
    const refused = await w.admin(path, { [outer]: { [misspell(field)]: 1 } }, method);
    expect([name, refused.status, refused.text]).toEqual([name, 400, expect.stringContaining(field)]);
  }
});

it('in a query, whichever call it is', async () => {
  for (const { name, path, method, query } of await listCalls()) {
    for (const field of query.length > 0 ? query : ['anything']) {
      const refused = await w.admin(`${path}?${misspell(field)}=1`, undefined, method);
      const told = query.length > 0 ? field : '什么字段都不要';
      expect([name, refused.status, refused.text]).toEqual([name, 400, expect.stringContaining(told)]);
    }
  }
});

describe('the names of the field', () => {
  it.each([
    ['/apps', { name: 'x', callbackURL: 'https://a.cn' }, 'callbackUrl'],
    ['/apps', { name: 'x', descripton: 'd' }, 'description'],
    ['/apps', { name: 'x', __proto: 1 }, '没有这个字段'],
    ['/apps', { name: 'x', ['y'.repeat(5000)]: 1 }, '没有这个字段'],
    ['/apps', { name: 'x', '': 1 }, '没有这个字段'],
  ])('%s %j names %s', async (path, body, told) => {
    const before = await w.db.app.count();
    const refused = await w.admin(path, body);
    expect([refused.status, refused.text]).toEqual([400, expect.stringContaining(told)]);
    expect(refused.text.length).toBeLessThan(600);
    expect(await w.db.app.count()).toBe(before);
  });

  it.each([
    ['/apps', { name: 'x', quietHours: '22:00' }],
    ['/apps', { name: 'x', toString: 1 }],
    ['/apps', JSON.parse('{"name":"x","__proto__":1}')],
    ['/channels', { kind: 'webhook', code: 'x', settings: {} }],
  ])('%s %j names none, where none is like it', async (path, body) => {
    const refused = await w.admin(path === '/apps' ? path : `/users/${uid}${path}`, body);
    expect([refused.status, refused.text]).toEqual([400, expect.stringContaining('没有这个字段')]);
    expect(refused.text).not.toMatch(/最接近|nearest|什么字段都不要/);
  });

  it('quietHours of a user names one that there is, in both languages', async () => {
    const refused = await w.admin(`/users/${uid}`, { quietHours: '22:00' }, 'PATCH');
    expect(refused.json).toEqual({
      error: {
        code: 'bad_request',
        message: expect.stringMatching(/没有这个字段，最接近的是「quiet\w+」.*the nearest is “quiet\w+”/),
      },
    });
  });
});

describe("a channel's config", () => {
  const hook = () => ({ kind: 'webhook', code: 'hook', config: { url: w.webhook('x') } });

  it('names none, where none is like it', async () => {
    const refused = await w.admin(`/users/${uid}/channels`, { ...hook(), config: { toString: 'x' } });
    expect([refused.status, refused.text]).toEqual([400, expect.stringContaining('没有这个字段')]);
    expect(refused.text).not.toMatch(/最接近|nearest/);
  });

  it.each([
    [{ header: 'A: b' }, 'headers'],
    [{ URL: 'https://a.cn' }, 'url'],
    [{ contenttype: 'json' }, 'contentType'],
    [{ body_template: '' }, 'body'],
  ])('with %j is refused, new or changed, naming %s', async (config, told) => {
    const { id } = (await w.admin(`/users/${uid}/channels`, hook())).json as { id: number };
    const before = await w.db.channelConfig.count();
    const given = hook();
    const made = await w.admin(`/users/${uid}/channels`, {
      ...given,
      code: 'other',
      config: { ...given.config, ...config },
    });
    const changed = await w.admin(`/users/${uid}/channels/${id}`, { config }, 'PATCH');
    for (const refused of [made, changed]) {
      expect([refused.status, refused.text]).toEqual([400, expect.stringContaining(`「${told}」`)]);
    }
    expect(await w.db.channelConfig.count()).toBe(before);
    await w.admin(`/users/${uid}/channels/${id}`, undefined, 'DELETE');
  });
});
