/** Reads a request's body as what it is, whatever its sender calls it: bounded, unpacked, in its charset, JSON or form or text. */
import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw, type ZlibOptions } from 'node:zlib';
import getRawBody from 'raw-body';
import { BodyError } from './body-error.js';
import { charsetOf, decodeText } from './charset.js';
import { type FieldPair, type FormFile, parsePairs, readMultipart } from './form-fields.js';
import { parseJson } from './json.js';

export { BodyError, type BodyErrorReason } from './body-error.js';
export { decodeText, decodeUtf8 } from './charset.js';

/** What bounds a body. */
export interface BodyBounds {
  /** The most bytes, as they come and when they are unpacked. */
  limitBytes: number;
}

/**
 * A body that was understood. `text` is the whole of it; empty for a multipart form, which may be no text. What is called
 * JSON and is none is a text that says so.
 */
export type Body =
  | { kind: 'empty'; text: string }
  | { kind: 'json'; text: string; value: unknown }
  | { kind: 'form'; text: string; pairs: readonly FieldPair[]; files: readonly FormFile[] }
  | { kind: 'text'; text: string; isCalledJson: boolean };

/** What is still read, and dropped, of a body over its limit, so that its sender gets to see the answer. */
const DROPPED_BYTES = 32 * 1024 * 1024;
/** How long a sender that goes on beyond that may look for the answer before the connection is cut. */
const LINGER_MS = 1_000;

/**
 * Reads a body as what it is. JSON is what is called so, and what starts with a bracket and parses (curl calls everything a
 * form); a form is what is called so, and under a JSON type what is written like one. Throws `BodyError`: what
 * `readRawBody` throws, `encoding` for bytes that are no text, and `json` for JSON that nests too deep.
 */
export async function readBody(req: IncomingMessage, bounds: BodyBounds): Promise<Body> {
  return toBody(await readRawBody(req, bounds), req.headers['content-type'] ?? '');
}

/** Reads a body as text, in whatever charset it is. Throws `BodyError` as `readBody` does. */
export async function readText(req: IncomingMessage, bounds: BodyBounds): Promise<string> {
  return decodeText(await readRawBody(req, bounds), charsetOf(req.headers['content-type'] ?? ''));
}

/**
 * Reads and unpacks the whole body (gzip, deflate, br). Throws `BodyError`: `too_large` as soon as more than `limitBytes`
 * are announced, came, or were unpacked (the caller can answer at once; the connection of a sender that does not stop is cut
 * soon after), `aborted` when the sender went away, `encoding` for another coding or a broken one.
 */
export async function readRawBody(req: IncomingMessage, { limitBytes }: BodyBounds): Promise<Buffer> {
  const bytes = await getRawBody(req, { limit: limitBytes, length: req.headers['content-length'] }).catch(
    (error: unknown) => {
      if (typeOf(error) === 'entity.too.large') {
        dropRest(req);
        throw tooLarge(limitBytes);
      }
      throw new BodyError('aborted', 'the sender went away before the whole body came');
    },
  );
  const coding = req.headers['content-encoding'];
  return coding === undefined ? bytes : unpack(bytes, coding, limitBytes);
}

/** Understands the bytes of a body by their type and by their looks; throws as `readBody` does. */
export function toBody(bytes: Buffer, contentType: string): Body {
  const type = mediaTypeOf(contentType);
  if (type === 'multipart/form-data' && bytes.length > 0) {
    return { kind: 'form', text: '', ...readMultipart(bytes, contentType) };
  }
  const charset = charsetOf(contentType);
  const text = decodeText(bytes, charset);
  const trimmed = text.trim();
  if (trimmed === '') {
    return { kind: 'empty', text: '' };
  }
  const isCalledJson = /[/+]json$/.test(type);
  const parsed = isCalledJson || /^[{[]/.test(trimmed) ? tryJson(trimmed) : null;
  if (parsed) {
    return { kind: 'json', text, value: parsed.value };
  }
  if (type === 'application/x-www-form-urlencoded' || (isCalledJson && LOOKS_LIKE_FORM.test(trimmed))) {
    return { kind: 'form', text, pairs: parsePairs(trimmed, charset), files: [] };
  }
  return { kind: 'text', text, isCalledJson };
}

/** What a body is called, without the parameters of its type and in lower case. */
export function mediaTypeOf(contentType: string): string {
  return contentType.split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

/** One or more pairs without a blank in them: prose and broken JSON are not taken for it. */
const LOOKS_LIKE_FORM = /^[A-Za-z]\w*(?:\[\w*\])?=\S*$/;

function tryJson(text: string): { value: unknown } | null {
  try {
    return { value: parseJson(text) };
  } catch (error) {
    if (error instanceof RangeError) {
      throw new BodyError('json', error.message);
    }
    return null;
  }
}

type Unpack = (bytes: Buffer, options: ZlibOptions) => Promise<Buffer>;

/** RFC 9110 section 8.4.1. Many senders of `deflate` leave the wrapper of zlib off. */
const UNPACKERS: Readonly<Record<string, Unpack>> = {
  gzip: promisify<Buffer, ZlibOptions, Buffer>(gunzip),
  deflate: async (bytes, options) => {
    const isWrapped = ((bytes[0] ?? 0) & 0x0f) === 8 && bytes.length > 1 && bytes.readUInt16BE(0) % 31 === 0;
    return promisify<Buffer, ZlibOptions, Buffer>(isWrapped ? inflate : inflateRaw)(bytes, options);
  },
  br: promisify<Buffer, ZlibOptions, Buffer>(brotliDecompress),
};
/** What says nothing of a packing; some senders write their charset here. */
const NO_CODINGS = ['', 'identity', 'utf-8', 'utf8'];

async function unpack(bytes: Buffer, header: string, limitBytes: number): Promise<Buffer> {
  const coding = header.trim().toLowerCase().replace(/^x-/, '');
  if (NO_CODINGS.includes(coding) || bytes.length === 0) {
    return bytes;
  }
  const run = Object.hasOwn(UNPACKERS, coding) ? UNPACKERS[coding] : undefined;
  if (!run) {
    throw new BodyError(
      'encoding',
      'bodies of this content coding are not accepted: gzip, deflate and br are',
    );
  }
  try {
    // Stops as soon as more comes out, so a small body that unpacks to gigabytes costs no more than another.
    return await run(bytes, { maxOutputLength: limitBytes });
  } catch (error) {
    const isBomb = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
    throw isBomb ? tooLarge(limitBytes) : new BodyError('encoding', `the body is no valid ${coding}`);
  }
}

function tooLarge(limitBytes: number): BodyError {
  return new BodyError('too_large', `the body is larger than ${limitBytes} bytes`);
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
