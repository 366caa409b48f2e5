/** Reads request bodies: bounded, strictly UTF-8, and lenient about what their sender calls them. */
import type { IncomingMessage } from 'node:http';
import getRawBody from 'raw-body';

/** Why a body could not be used. `json`: it is called JSON and is none. */
export type BodyErrorReason = 'too_large' | 'aborted' | 'encoding' | 'json';

/** A body could not be read or understood. The message never quotes the body. */
export class BodyError extends Error {
  readonly reason: BodyErrorReason;

  constructor(reason: BodyErrorReason, message: string) {
    super(message);
    this.name = 'BodyError';
    this.reason = reason;
  }
}

/** A parsed body. A form keeps the last of repeated names and has no inherited keys. */
export type LenientBody =
  | { kind: 'json'; value: unknown }
  | { kind: 'form'; value: Record<string, string> }
  | { kind: 'text'; value: string }
  | { kind: 'empty'; value: undefined };

/** What is still read, and dropped, of a body over its limit, so that a modest sender gets to see the answer. */
const DROPPED_BYTES = 4 * 1024 * 1024;
/** How long a sender that goes on beyond that may look for the answer before the connection is cut. */
const LINGER_MS = 1_000;

/**
 * Reads the whole body. Throws `BodyError`: `too_large` as soon as more than `limitBytes` are announced or came (the
 * caller can answer at once; the connection of a sender that does not stop is cut soon after), `aborted` when the sender
 * went away, `encoding` for a compressed body.
 */
export async function readRawBody(req: IncomingMessage, options: { limitBytes: number }): Promise<Buffer> {
  const encoding = req.headers['content-encoding']?.trim().toLowerCase();
  if (encoding && encoding !== 'identity') {
    dropRest(req);
    throw new BodyError('encoding', 'compressed bodies are not accepted');
  }
  try {
    return await getRawBody(req, { limit: options.limitBytes, length: req.headers['content-length'] });
  } catch (error) {
    if (typeOf(error) === 'entity.too.large') {
      dropRest(req);
      throw new BodyError('too_large', `the body is larger than ${options.limitBytes} bytes`);
    }
    throw new BodyError('aborted', 'the sender went away before the whole body came');
  }
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true });

/** Decodes UTF-8 strictly and drops a byte order mark. Throws `BodyError` `encoding` on anything that is not UTF-8. */
export function decodeUtf8(bytes: Buffer): string {
  try {
    return strictUtf8.decode(bytes);
  } catch {
    throw new BodyError('encoding', 'the body is not valid UTF-8');
  }
}

/**
 * Understands a body by its type and by its looks: JSON when the type says so, or when it starts with `{` or `[` and
 * parses (curl calls everything a form); then a form when the type says so; else text. White space alone is empty.
 * Throws `BodyError` `json` for broken JSON under a JSON type.
 */
export function parseLenient(text: string, contentType: string | undefined): LenientBody {
  const trimmed = text.trim();
  if (trimmed === '') {
    return { kind: 'empty', value: undefined };
  }
  const type = (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (/[/+]json$/.test(type)) {
    const parsed = tryJson(trimmed);
    if (!parsed) {
      throw new BodyError('json', 'the body is not valid JSON');
    }
    return { kind: 'json', value: parsed.value };
  }
  const guessed = /^[{[]/.test(trimmed) ? tryJson(trimmed) : null;
  if (guessed) {
    return { kind: 'json', value: guessed.value };
  }
  if (type === 'application/x-www-form-urlencoded') {
    return { kind: 'form', value: parseForm(trimmed) };
  }
  return { kind: 'text', value: text };
}

function parseForm(text: string): Record<string, string> {
  // Without a prototype even a field called __proto__ or constructor is an ordinary own key.
  const fields: Record<string, string> = Object.create(null);
  for (const [name, value] of new URLSearchParams(text)) {
    fields[name] = value;
  }
  return fields;
}

function tryJson(text: string): { value: unknown } | null {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return null;
  }
}

function typeOf(error: unknown): unknown {
  return error instanceof Error && 'type' in error ? error.type : undefined;
}

function dropRest(req: IncomingMessage): void {
  let left = DROPPED_BYTES;
  req.on('error', () => {});
  req.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0 && !req.isPaused()) {
      // Stop reading: the sender stalls. Destroying at once would also throw the answer away.
      req.pause();
      setTimeout(() => req.destroy(), LINGER_MS).unref();
    }
  });
  req.resume();
}
