/** Links from "my subscriptions" to an app's own setting page, signed so that the app knows who comes. */
import { createHmac } from 'node:crypto';
import { equalsInConstantTime } from '#src/lib/hash.js';

/** How far the signing time may be from the reader's, in milliseconds; the reader also refuses a nonce seen before. */
export const SETTING_LINK_MS = 10 * 60_000;

const VERSION = '1';
const OURS = new Set(['uid', 'ts', 'nonce', 'sv', 'sign']);

/** What goes into a link. */
export interface SettingLink {
  /** The app's setting page; its own query and fragment stay. */
  url: string;
  uid: string;
  /** The app's setting key; null adds the UID alone, as WxPusher does. */
  secret: string | null;
  /** Milliseconds since the epoch. */
  nowMs: number;
  /** [A-Za-z0-9], new for each link. */
  nonce: string;
}

/** The address to give to a person: `uid`, and with a key `ts`, `nonce`, `sv` and `sign` added. */
export function signSettingUrl({ url, uid, secret, nowMs, nonce }: SettingLink): string {
  const ts = String(nowMs);
  const fields: [string, string][] = secret
    ? [
        ['uid', uid],
        ['ts', ts],
        ['nonce', nonce],
        ['sv', VERSION],
        ['sign', signOf({ uid, ts, nonce, sv: VERSION }, secret)],
      ]
    : [['uid', uid]];
  return addToQuery(url, fields);
}

/** What an app's own server finds out about a link: whose it is, or why it must be refused. */
export type SettingVisit = { kind: 'ok'; uid: string; nonce: string } | { kind: 'bad_sign' | 'expired' };

/** Checks a signed link the way an app's server must; remembering nonces is the server's own task. */
export function verifySettingUrl(url: string, secret: string, nowMs: number): SettingVisit {
  const query = new URL(url).searchParams;
  const read = (name: string): string => query.get(name) ?? '';
  const [uid, ts, nonce, sv] = [read('uid'), read('ts'), read('nonce'), read('sv')];
  if (sv !== VERSION || !equalsInConstantTime(signOf({ uid, ts, nonce, sv }, secret), read('sign'))) {
    return { kind: 'bad_sign' };
  }
  return Math.abs(nowMs - Number(ts)) <= SETTING_LINK_MS ? { kind: 'ok', uid, nonce } : { kind: 'expired' };
}

/** HMAC-SHA-256 in hex over the fields by name, `name=value` joined by `&`, values raw (WxPusher's rule). */
function signOf(fields: Readonly<Record<'uid' | 'ts' | 'nonce' | 'sv', string>>, secret: string): string {
  const text = Object.entries(fields)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
  return createHmac('sha256', secret).update(text, 'utf8').digest('hex');
}

/** Adds by hand: URL's own writer would spell the rest of the developer's query anew. Old values of ours are dropped. */
function addToQuery(url: string, fields: readonly [string, string][]): string {
  const hashAt = url.indexOf('#');
  const fragment = hashAt < 0 ? '' : url.slice(hashAt);
  const page = hashAt < 0 ? url : url.slice(0, hashAt);
  const queryAt = page.indexOf('?');
  const path = queryAt < 0 ? page : page.slice(0, queryAt);
  const kept = queryAt < 0 ? [] : page.slice(queryAt + 1).split('&');
  const query = [
    ...kept.filter((pair) => pair !== '' && !OURS.has(pair.split('=', 1)[0] ?? '')),
    ...fields.map(([name, value]) => `${name}=${encodeURIComponent(value)}`),
  ];
  return `${path}?${query.join('&')}${fragment}`;
}
