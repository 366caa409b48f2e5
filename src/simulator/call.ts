/** Reads a call to a simulated platform whole: bounded body, flat headers, and the fields of queries and forms. */
import type Koa from 'koa';
import { BodyError, readRawBody } from '#src/lib/body.js';
import type { ArrivedRequest } from './arrivals.js';

/** A call that was read. */
export interface Call {
  /** As inboxes show it; the body is decoded leniently. */
  request: ArrivedRequest;
  bytes: Buffer;
  /** The content type without its parameters, in lower case. */
  type: string;
}

/** Reads the call; null when its body is larger than `limitBytes` or compressed. Throws when the caller goes away. */
export async function readCall(ctx: Koa.Context, limitBytes: number): Promise<Call | null> {
  try {
    const bytes = await readRawBody(ctx.req, { limitBytes });
    const type = ctx.get('content-type').split(';', 1)[0]?.trim().toLowerCase() ?? '';
    const headers = Object.fromEntries(
      Object.entries(ctx.req.headers).map(([name, value]) => [
        name,
        Array.isArray(value) ? value.join(', ') : `${value}`,
      ]),
    );
    return {
      request: { method: ctx.method, path: ctx.url, headers, body: bytes.toString() },
      bytes,
      type,
    };
  } catch (error) {
    if (error instanceof BodyError && error.reason !== 'aborted') {
      return null;
    }
    throw error;
  }
}

/** The fields of the query; the last of repeated names wins. */
export function queryFields(ctx: Koa.Context): Record<string, string> {
  return toFields(new URLSearchParams(ctx.querystring));
}

/** The fields of a urlencoded or multipart form; none for any other body, and for a broken one. */
export async function formFields(call: Call): Promise<Record<string, string>> {
  if (call.type === 'application/x-www-form-urlencoded') {
    return toFields(new URLSearchParams(call.request.body));
  }
  if (call.type !== 'multipart/form-data') {
    return {};
  }
  const headers = { 'content-type': call.request.headers['content-type'] ?? '' };
  const form = await new Response(new Uint8Array(call.bytes), { headers }).formData().catch(() => null);
  const pairs: [string, string][] = [];
  form?.forEach((value, name) => {
    if (typeof value === 'string') {
      pairs.push([name, value]);
    }
  });
  return toFields(pairs);
}

/** The object a JSON text stands for; null for anything else. */
export function parseRecord(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}

/** Whether it is an object with names, rather than a list. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Answers JSON. */
export function sendJson(ctx: Koa.Context, status: number, body: unknown): void {
  ctx.status = status;
  ctx.type = 'application/json; charset=utf-8';
  ctx.body = JSON.stringify(body);
}

function toFields(pairs: Iterable<[string, string]>): Record<string, string> {
  // Without a prototype even a field called __proto__ is an ordinary own key.
  const fields: Record<string, string> = Object.create(null);
  for (const [name, value] of pairs) {
    fields[name] = value;
  }
  return fields;
}
