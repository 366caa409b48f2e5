/** Reads a gotify message from JSON, a form or the query. */
import type { Context } from 'koa';
import { fieldsOf, filesOf, isObject, layOver, withFiles } from '#src/dialects/read-form.js';
import { readBody } from '#src/lib/body.js';
import { collectFirst, parsePairs } from '#src/lib/form-fields.js';

/** A refusal with its status. It never leaves the dialect. */
export class GotifyRefusal extends Error {
  override readonly name = 'GotifyRefusal';
  readonly status: number;

  constructor(status: number, description: string) {
    super(description);
    this.status = status;
  }
}

/** A message that was read. */
export interface GotifyMessage {
  /** Not blank. */
  message: string;
  title: string;
  priority?: number;
  extras: Record<string, unknown>;
}

const MAX_BODY_BYTES = 512 * 1024;
const WRONG_TYPE = 'json: cannot unmarshal the value into a field of another type';

/** Reads a message; what the body says wins over the query, and extras come by JSON only. Throws GotifyRefusal, BodyError. */
export async function readMessage(ctx: Context): Promise<GotifyMessage> {
  const body = await readBody(ctx.req, { limitBytes: MAX_BODY_BYTES });
  const { extras: _none, ...query } = collectFirst(parsePairs(ctx.querystring));
  if (body.kind === 'json') {
    return toMessage(layOver(query, readObject(body.value)));
  }
  const { extras: _neither, ...form } =
    body.kind === 'form' ? collectFirst(body.pairs) : (fieldsOf(body) ?? {});
  const said = layOver(query, form);
  const files = filesOf(body);
  return toMessage(files.length === 0 ? said : { ...said, message: withFiles(toText(said.message), files) });
}

function readObject(value: unknown): Record<string, unknown> {
  if (!isObject(value)) {
    throw new GotifyRefusal(400, 'the body is not a valid JSON object');
  }
  return value;
}

function toText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function toMessage({ message, title, priority, extras }: Record<string, unknown>): GotifyMessage {
  if (!isText(message) || !isText(title) || !isAbsent(extras, isObject)) {
    throw new GotifyRefusal(400, WRONG_TYPE);
  }
  if ((message ?? '').trim() === '') {
    throw new GotifyRefusal(400, "Field 'message' is required");
  }
  const number = readPriority(priority);
  return {
    message: message ?? '',
    title: title ?? '',
    ...(number === undefined ? {} : { priority: number }),
    extras: isObject(extras) ? extras : {},
  };
}

/** Undefined for what is not there: the application's default, which is 0 here. */
function readPriority(given: unknown): number | undefined {
  if (given === undefined || given === null || given === '') {
    return undefined;
  }
  const number = typeof given === 'string' && /^[+-]?\d{1,9}$/.test(given) ? Number(given) : given;
  if (typeof number !== 'number' || !Number.isSafeInteger(number)) {
    const shown = JSON.stringify(typeof given === 'object' ? typeof given : String(given).slice(0, 40));
    throw new GotifyRefusal(400, `strconv.ParseInt: parsing ${shown}: invalid syntax`);
  }
  return number;
}

function isText(value: unknown): value is string | null | undefined {
  return isAbsent(value, (one) => typeof one === 'string');
}

function isAbsent(value: unknown, orFits: (value: unknown) => boolean): boolean {
  return value === undefined || value === null || orFits(value);
}
