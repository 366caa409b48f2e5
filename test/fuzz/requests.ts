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

/** `keys`: values that are somebody's keys, which open a way in. */
export function madeUp(paths: readonly string[], keys: readonly string[]): fc.Arbitrary<MadeUp> {
  const key = fc.constantFrom(...keys);
  const word = fc.oneof({ weight: 2, arbitrary: anyText(60) }, { weight: 1, arbitrary: key });
  const value = fc.oneof(
    { weight: 4, arbitrary: word },
    { weight: 2, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
    { weight: 1, arbitrary: fc.array(word, { maxLength: 5 }) },
    { weight: 1, arbitrary: fc.double() },
    { weight: 1, arbitrary: fc.constantFrom(1e21, -1, 0, 2 ** 53, true, null, {}) },
  );
  const fields = fc.dictionary(fc.constantFrom(...NAMES), value, { maxKeys: 8 });
  const texts = fields.map(
    (all) =>
      new URLSearchParams(Object.entries(all).map(([name, one]) => [name, toText(one).toWellFormed()])),
  );
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
        .map((parts) =>
          Buffer.from(
            `${parts.map(([name, text]) => `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${text}\r\n`).join('')}--b--\r\n`,
          ),
        ),
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
