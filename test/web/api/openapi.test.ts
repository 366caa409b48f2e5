/** The OpenAPI document tells of every call that is mounted, and of none that is not. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ERRORS } from '#src/core/errors.js';
import { API_PREFIX, createApiRouter } from '#src/web/api/index.js';
import { type ApiWorld, openApiWorld } from './api-world.js';

interface Operation {
  operationId: string;
  summary: string;
  tags: string[];
  parameters?: { name: string; in: string; required: boolean; schema: { type?: string } }[];
  requestBody?: { content: Record<string, { schema: { type: string; properties: object } }> };
  responses: Record<string, { description: string; content?: Record<string, { schema: object }> }>;
}

interface OpenApi {
  openapi: string;
  info: { title: string; version: string };
  servers: { url: string }[];
  security: object[];
  tags: { name: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, object>; securitySchemes: Record<string, object> };
}

let w: ApiWorld;
let document: OpenApi;
let operations: { path: string; method: string; operation: Operation }[];

beforeAll(async () => {
  w = await openApiWorld();
  document = (await w.call('GET', '/openapi.json', { token: null })).body as unknown as OpenApi;
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
});
afterAll(() => w.close());

it('is served to everybody as OpenAPI 3.1', async () => {
  const { headers } = await w.call('GET', '/openapi.json', { token: null });
  expect(headers.get('content-type')).toContain('application/json');
  expect(document.openapi).toMatch(/^3\.1\.\d+$/);
  expect(document.info).toMatchObject({
    title: expect.stringContaining('青鸟'),
    version: expect.any(String),
  });
  expect(document.servers).toEqual([{ url: 'https://push.example' }]);
  expect(document.security).toEqual([{ bearer: [] }]);
  expect(document.components.securitySchemes.bearer).toMatchObject({ type: 'http', scheme: 'bearer' });
});

it('lists exactly the calls that the router has', () => {
  const router = createApiRouter(w.core, { createMenu: async () => {} });
  const names = new Set(operations.map(({ operation }) => operation.operationId));
  const mounted = router.stack
    .filter((layer) => names.has(layer.name ?? ''))
    .flatMap((layer) =>
      layer.methods.filter((method) => method !== 'HEAD').map((method) => [layer.path, method]),
    );
  const listed = operations.map(({ path, method }) => [
    path.replace(/\{(\w+)\}/g, ':$1'),
    method.toUpperCase(),
  ]);
  expect(listed.sort()).toEqual(mounted.sort());
  const others = router.stack.filter((layer) => !names.has(layer.name ?? '')).map((layer) => layer.name);
  expect(others.filter((name) => !name?.startsWith('other methods of '))).toEqual([
    'openapi',
    'unknown paths',
  ]);
});

it('lists every call of the contract whose noun exists', () => {
  const listed = operations.map(
    ({ path, method }) => `${method.toUpperCase()} ${path.replace(API_PREFIX, '')}`,
  );
  expect(listed).toEqual(
    expect.arrayContaining([
      'POST /apps',
      'GET /apps',
      'GET /apps/{id}',
      'PATCH /apps/{id}',
      'DELETE /apps/{id}',
      'POST /apps/{id}/token',
      'POST /apps/{id}/topics',
      'GET /apps/{id}/subscribers',
      'POST /users/{uid}/keys',
      'GET /users/{uid}/keys',
      'DELETE /users/{uid}/keys/{id}',
      'PATCH /users/{uid}',
      'POST /users/{uid}/channels',
      'GET /users/{uid}/channels',
      'GET /users/{uid}/channels/{id}',
      'PATCH /users/{uid}/channels/{id}',
      'DELETE /users/{uid}/channels/{id}',
      'POST /users/{uid}/channels/{id}/test',
      'GET /channel-kinds',
      'POST /notify',
      'GET /messages/{id}',
      'GET /callbacks',
      'POST /callbacks/{id}/replay',
    ]),
  );
});

describe('every operation', () => {
  it('has a name of its own, words in both languages and a known tag', () => {
    const names = operations.map(({ operation }) => operation.operationId);
    expect(new Set(names).size).toBe(names.length);
    const tags = document.tags.map((tag) => tag.name);
    for (const { operation } of operations) {
      expect(operation.summary).toMatch(/^\p{Script=Han}.*[A-Za-z]{3}/u);
      expect(tags).toEqual(expect.arrayContaining(operation.tags));
    }
  });

  it('declares each variable part of its path, as required', () => {
    for (const { path, operation } of operations) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const declared = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path');
      expect(declared.map((parameter) => parameter.name)).toEqual(inPath);
      expect(declared.every((parameter) => parameter.required && parameter.schema.type)).toBe(true);
    }
  });

  it('asks for nothing in the query that has a default', () => {
    const query = operations.flatMap(({ operation }) =>
      (operation.parameters ?? []).filter((parameter) => parameter.in === 'query'),
    );
    expect(query.length).toBeGreaterThan(0);
    expect(query.every((parameter) => !parameter.required && parameter.schema.type)).toBe(true);
  });

  it('has one success, and refusals of the one error shape', () => {
    for (const { operation } of operations) {
      const statuses = Object.keys(operation.responses);
      expect(statuses.filter((status) => status.startsWith('2'))).toHaveLength(1);
      expect(statuses).toEqual(expect.arrayContaining(['401', '500']));
      for (const status of statuses.filter((each) => !each.startsWith('2'))) {
        const schema = operation.responses[status]?.content?.['application/json']?.schema;
        expect(schema).toEqual({ $ref: '#/components/schemas/Error' });
      }
    }
  });

  it('with a body describes its fields', () => {
    const create = document.paths['/api/v1/apps']?.post;
    expect(create?.requestBody?.content['application/json']?.schema).toMatchObject({
      type: 'object',
      required: ['name'],
      properties: { name: { type: 'string', maxLength: 64 }, callbackUrl: { type: 'string' } },
    });
    const success = create?.responses['201']?.content?.['application/json']?.schema;
    expect(success).toMatchObject({
      required: ['id', 'name', 'appToken', 'callbackSecret', 'qrcodeUrl', 'subscribeUrl'],
      properties: { id: { type: 'integer' } },
    });
  });
});

it('describes the error shape with every code', () => {
  expect(document.components.schemas.Error).toMatchObject({
    type: 'object',
    properties: {
      error: { properties: { code: { enum: Object.keys(ERRORS) }, message: { type: 'string' } } },
    },
  });
});

it('points at nothing that is missing', () => {
  const text = JSON.stringify(document);
  const pointers = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, pointer]) => pointer);
  expect(new Set(pointers)).toEqual(new Set(['#/components/schemas/Error']));
  expect(text).not.toContain('$defs');
});
