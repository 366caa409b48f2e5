/** A body for each call of the management API, made of its own description, so that a refusal is about who asks and not about what. */
import type { Things } from './cast.js';

interface Schema {
  type?: string | string[];
  properties?: Record<string, Schema>;
  required?: string[];
  enum?: unknown[];
  const?: unknown;
  anyOf?: Schema[];
  oneOf?: Schema[];
  items?: Schema;
  minimum?: number;
  minLength?: number;
  minItems?: number;
  $ref?: string;
}

/** Where a made-up value will not do. */
const OWN: Readonly<Record<string, object>> = {
  'POST /api/v1/users/:uid/channels': {
    kind: 'webhook',
    code: 'matrix',
    config: { url: 'http://127.0.0.1:1/' },
  },
};

/** The body for a route; nothing where the description asks for nothing. */
export function fillBody(openapi: object, route: string, things: Things): object {
  if (route.endsWith('/callbacks/replay-failed')) {
    return { endpoint: things.endpoint };
  }
  const own = OWN[route];
  if (own) {
    return own;
  }
  const [method = '', path = ''] = route.split(' ');
  const { paths, components } = openapi as {
    paths: Record<string, Record<string, { requestBody?: { content: Record<string, { schema: Schema }> } }>>;
    components?: { schemas?: Record<string, Schema> };
  };
  const call = paths[path.replace(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()];
  const schema = call?.requestBody?.content['application/json']?.schema;
  return schema ? (makeValue(schema, components?.schemas ?? {}) as object) : {};
}

function makeValue(schema: Schema, known: Record<string, Schema>): unknown {
  if (schema.$ref) {
    return makeValue(known[schema.$ref.split('/').at(-1) ?? ''] ?? {}, known);
  }
  const choice = schema.anyOf?.[0] ?? schema.oneOf?.[0];
  if (choice) {
    return makeValue(choice, known);
  }
  if (schema.const !== undefined || schema.enum) {
    return schema.const ?? schema.enum?.[0];
  }
  switch (Array.isArray(schema.type) ? schema.type[0] : schema.type) {
    case 'object': {
      const wanted = Object.entries(schema.properties ?? {}).filter(([name]) =>
        schema.required?.includes(name),
      );
      return Object.fromEntries(wanted.map(([name, one]) => [name, makeValue(one, known)]));
    }
    case 'array':
      return schema.minItems && schema.items ? [makeValue(schema.items, known)] : [];
    case 'integer':
    case 'number':
      return Math.max(schema.minimum ?? 1, 1);
    case 'boolean':
      return true;
    case 'string':
      return 'matrix'.padEnd(schema.minLength ?? 0, 'x');
    default:
      return null;
  }
}
