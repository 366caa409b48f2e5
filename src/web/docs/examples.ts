/** Writes a curl command for a call, out of what its schema says: only what it must have, with values that make sense. */
import type { ApiOperation, SchemaNode } from './document.js';
import { schemaOf } from './document.js';
import { withoutNull } from './fields.js';

/** A call and where it is. */
export interface ExampleOf {
  url: string;
  method: string;
  path: string;
  operation: ApiOperation;
}

/** Values by the name of their field; anything else gets one by its type. */
const SAMPLES: Readonly<Record<string, unknown>> = {
  name: '机房告警',
  description: '磁盘、内存和温度',
  kind: 'sendkey',
  code: 'my-phone',
  corpId: 'ww1234567890abcdef',
  agentId: '1000002',
  secret: 'app-secret',
  quietFrom: '22:00',
  quietTo: '07:30',
  amount: 100,
  note: '充值',
  to: 'ming@example.com',
  ips: ['203.0.113.9'],
  allowedIps: ['203.0.113.9'],
};
/** Where one name means different things. */
const SAMPLES_AT: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  createChannel: { kind: 'bark', config: { key: 'your-bark-key' } },
  updateChannel: { code: 'my-phone' },
};
const PLACES: Readonly<Record<string, string>> = {
  uid: 'UID_xxx',
  kind: 'email',
  name: 'qingniao-backup.db',
};

/** A command that can be pasted once TOKEN is set. */
export function writeCurl({ url, method, path, operation }: ExampleOf): string {
  const filled = path.replace(/\{(\w+)\}/g, (_all, name: string) => PLACES[name] ?? '1');
  const query = operation.parameters
    .filter((parameter) => parameter.in === 'query' && parameter.required)
    .map(({ name, schema }) => `${name}=${encodeURIComponent(String(sampleOf(name, schema)))}`);
  const address = `${url}${filled}${query.length > 0 ? `?${query.join('&')}` : ''}`;
  const body = sampleBody(operation);
  return [
    `curl ${method === 'get' ? '' : `-X ${method.toUpperCase()} `}"${address}"`,
    '  -H "Authorization: Bearer $TOKEN"',
    ...(body === null ? [] : [`  -H 'Content-Type: application/json'`, `  -d '${JSON.stringify(body)}'`]),
  ].join(' \\\n');
}

/** A body with what is required; where nothing is, with the first field. Null: the call reads none. */
export function sampleBody(operation: ApiOperation): Record<string, unknown> | null {
  const schema = schemaOf(operation.requestBody);
  if (!schema) {
    return null;
  }
  const names = Object.keys(schema.properties ?? {});
  const wanted = names.filter((name) => schema.required?.includes(name));
  const samples = { ...SAMPLES, ...SAMPLES_AT[operation.operationId] };
  const chosen = new Set([
    ...(wanted.length > 0 ? wanted : names.slice(0, 1)),
    ...names.filter((name) => name in (SAMPLES_AT[operation.operationId] ?? {})),
  ]);
  return Object.fromEntries(
    [...chosen].map((name) => [name, sampleOf(name, schema.properties?.[name] ?? {}, samples)]),
  );
}

function sampleOf(name: string, schema: SchemaNode, samples = SAMPLES): unknown {
  const node = withoutNull(schema);
  if (node.enum) {
    return node.enum.includes(samples[name]) ? samples[name] : node.enum[0];
  }
  if (name in samples) {
    return samples[name];
  }
  if (node.type === 'object') {
    const inside = Object.entries(node.properties ?? {}).filter(([field]) => node.required?.includes(field));
    return Object.fromEntries(inside.map(([field, inner]) => [field, sampleOf(field, inner)]));
  }
  switch (node.type) {
    case 'array':
      return [sampleOf(name, node.items ?? {})];
    case 'integer':
    case 'number':
      return Math.max(node.minimum ?? 1, 1);
    case 'boolean':
      return true;
    default:
      return /url$/i.test(name) ? 'https://example.com/' : `${name}-1`;
  }
}
