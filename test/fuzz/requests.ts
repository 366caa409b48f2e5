/** Made-up requests to the dialects' addresses: names that they know with values that they do not, and bodies that are nothing. */
import fc from 'fast-check';
import { anyText } from '#test/support/fuzz.js';

/** A request as it goes out. */
export interface MadeUp {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: Buffer | null;
}

/** What the dialects call things, all together: each meets the others' names too. */
const NAMES =
  'appToken content contentType summary uids uid topicIds url verifyPayType spt sptList verifyPay title desp short noip channel openid tags token template topic webhook callbackUrl timestamp to pre option batch pushkey text type device_key device_keys body level badge sound group icon copy isArchive volume call autoCopy markdown subtitle message priority delay click actions attach filename email extras extra validTime code page pageSize current params id secretKey topicId topicCode topicName contact introduction receiptMessage appQrCode defaultAccount msgtype to_user appid sign at idempotencyKey messageId sendRecordId encoded'.split(
    ' ',
  );
const TYPES = [
  'application/json',
  'application/json; charset=gbk',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=b',
  'multipart/form-data',
  'text/plain',
  'text/plain; charset=utf-7',
  'application/octet-stream',
  '',
  'a/b/c;;=',
];
const HEADERS = [
  'x-title',
  'x-priority',
  'x-tags',
  'x-delay',
  'x-actions',
  'x-click',
  'x-markdown',
  'x-gotify-key',
  'authorization',
  'x-message',
  'content-encoding',
  'x-sequence-id',
];

/** A request that its door takes: where it goes, and the fields without which it would be refused. */
export interface Frame {
  path: string;
  fields: Record<string, unknown>;
}

/**
 * Requests that are taken as far as their keys go, with anything beside them: as JSON, a form, or in the address.
 * `frames` name them.
 */
export function framed(frames: readonly Frame[], keys: readonly string[]): fc.Arbitrary<MadeUp> {
  const { fields } = makeFields(keys);
  return fc
    .record({
      frame: fc.constantFrom(...frames),
      more: fields,
      as: fc.constantFrom('json', 'json', 'form', 'query', 'upload'),
      text: anyText(400),
    })
    .map(({ frame, more, as, text }) => {
      const fits = Object.entries(frame.fields).map(([name, value]) => [name, value === TEXT ? text : value]);
      const all = { ...more, ...Object.fromEntries(fits) };
      const form = toForm(all);
      const path = frame.path.replace(TEXT, encodeURIComponent(text.toWellFormed()));
      switch (as) {
        case 'json':
          return toRequest(path, 'application/json', JSON.stringify(all));
        case 'form':
          return toRequest(path, 'application/x-www-form-urlencoded', form.toString());
        case 'upload':
          return toRequest(path, 'multipart/form-data; boundary=b', toUpload([...form]));
        default:
          return {
            method: 'GET',
            path: `${path}${path.includes('?') ? '&' : '?'}${form}`,
            headers: {},
            body: null,
          };
      }
    });
}

/** Stands in a frame for a text of somebody. */
export const TEXT = '{text}';

function toRequest(path: string, type: string, body: string): MadeUp {
  return { method: 'POST', path, headers: { 'content-type': type }, body: Buffer.from(body) };
}

function toUpload(parts: readonly (readonly [string, string])[]): string {
  const written = parts.map(
    ([name, text]) => `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${text}\r\n`,
  );
  return `${written.join('')}--b--\r\n`;
}

function toForm(fields: Record<string, unknown>): URLSearchParams {
  return new URLSearchParams(Object.entries(fields).map(([name, one]) => [name, toText(one).toWellFormed()]));
}

/** Fields by the names that there are, with values that are no good. */
function makeFields(keys: readonly string[]) {
  const key = fc.constantFrom(...keys);
  const word = fc.oneof({ weight: 2, arbitrary: anyText(60) }, { weight: 1, arbitrary: key });
  const value = fc.oneof(
    { weight: 4, arbitrary: word },
    { weight: 2, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
    { weight: 1, arbitrary: fc.array(word, { maxLength: 5 }) },
    { weight: 1, arbitrary: fc.double() },
    { weight: 1, arbitrary: fc.constantFrom(1e21, -1, 0, 2 ** 53, true, null, {}) },
  );
  return { key, word, fields: fc.dictionary(fc.constantFrom(...NAMES), value, { maxKeys: 8 }) };
}

/** `keys`: values that are somebody's keys, which open a way in. */
export function madeUp(paths: readonly string[], keys: readonly string[]): fc.Arbitrary<MadeUp> {
  const { key, word, fields } = makeFields(keys);
  const texts = fields.map(toForm);
  const body: fc.Arbitrary<Buffer | null> = fc.oneof(
    { weight: 1, arbitrary: fc.constant(null) },
    { weight: 4, arbitrary: fields.map((all) => Buffer.from(JSON.stringify(all))) },
    { weight: 2, arbitrary: texts.map((all) => Buffer.from(all.toString())) },
    { weight: 2, arbitrary: anyText().map((text) => Buffer.from(text)) },
    { weight: 2, arbitrary: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)) },
    { weight: 1, arbitrary: fc.jsonValue().map((one) => Buffer.from(JSON.stringify(one))) },
    {
      weight: 2,
      arbitrary: fc
        .array(fc.tuple(fc.constantFrom(...NAMES), anyText(40)), { maxLength: 5 })
        .map((parts) => Buffer.from(toUpload(parts))),
    },
  );
  const piece = fc.oneof(
    { weight: 3, arbitrary: key },
    { weight: 2, arbitrary: anyText(30).map((text) => encodeURIComponent(text.toWellFormed())) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('%', '%ff', '%zz', '%00', '%2e%2e', '..', '.send', 'x.send', '%252f'),
    },
  );
  const path = fc
    .tuple(fc.constantFrom(...paths), fc.array(piece, { minLength: 6, maxLength: 6 }))
    .map(([route, pieces]) => {
      const left = [...pieces];
      return route.replace(/\{[^}]*\}|[:*]\w+/g, (part) => {
        const next = left.pop() ?? 'x';
        return part.startsWith('{/') ? `/${next}` : next;
      });
    });
  // Node writes Latin-1 into headers, and nothing that ends one.
  const header = word.map((text) => text.replace(/[^\x20-\x7e\x80-\xff]/g, '?').trim());
  return fc
    .record({
      method: fc.constantFrom('GET', 'POST', 'POST', 'PUT', 'DELETE', 'PATCH'),
      path,
      query: texts,
      type: fc.constantFrom(...TYPES),
      extra: fc.dictionary(fc.constantFrom(...HEADERS), header, { maxKeys: 3 }),
      body,
    })
    .map(({ method, path, query, type, extra, body }) => ({
      method,
      path: `${path}?${query}`,
      headers: { ...(type ? { 'content-type': type } : {}), ...extra },
      body: method === 'GET' ? null : body,
    }));
}

function toText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}
