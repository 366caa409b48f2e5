/** The account's QR codes: ticket, the text in the picture, scene and end. */
import { randomBytes } from 'node:crypto';
import type { Clock } from '#src/lib/clock.js';
import { randomText } from '#src/lib/ids.js';

/** All permanent codes of an account. */
export const MAX_PERMANENT_CODES = 100_000;
/** Ended temporary codes are kept so long, since they still open the follow page. */
const KEPT_AFTER_END_MS = 86_400_000;
const PICTURE_TEXT = /^https?:\/\/weixin\.qq\.com\/q\//i;

/** A QR code. */
export interface Code {
  readonly ticket: string;
  /** What the picture encodes. */
  readonly url: string;
  readonly scene: string | number;
  /** Milliseconds since the epoch; null for a permanent code. */
  readonly expiresAt: number | null;
}

/** The codes of one account. */
export interface Codes {
  /** Makes a code; null when there are too many permanent ones. */
  add(scene: string | number, expiresAt: number | null): Code | null;
  findByTicket(ticket: string): Code | undefined;
  findByUrl(url: string): Code | undefined;
}

/** Whether a scanned text is a WeChat code, and not some page's address. */
export function isCodeUrl(text: string): boolean {
  return PICTURE_TEXT.test(text);
}

/** Makes an account's codes: none yet. */
export function createCodes(clock: Clock): Codes {
  const byTicket = new Map<string, Code>();
  const byName = new Map<string, Code>();
  let permanent = 0;
  let nextSweepAt = clock.now() + KEPT_AFTER_END_MS;

  const sweep = (): void => {
    const now = clock.now();
    if (now < nextSweepAt) {
      return;
    }
    nextSweepAt = now + KEPT_AFTER_END_MS;
    for (const code of byTicket.values()) {
      if (code.expiresAt !== null && code.expiresAt + KEPT_AFTER_END_MS < now) {
        byTicket.delete(code.ticket);
        byName.delete(nameIn(code.url));
      }
    }
  };

  return {
    add: (scene, expiresAt) => {
      sweep();
      if (expiresAt === null && permanent >= MAX_PERMANENT_CODES) {
        return null;
      }
      permanent += expiresAt === null ? 1 : 0;
      const url = `http://weixin.qq.com/q/${randomText(22)}`;
      const code = { ticket: newTicket(), url, scene, expiresAt };
      byTicket.set(code.ticket, code);
      byName.set(nameIn(url), code);
      return code;
    },
    findByTicket: (ticket) => byTicket.get(ticket),
    findByUrl: (url) => (isCodeUrl(url) ? byName.get(nameIn(url)) : undefined),
  };
}

/** Real tickets are base64 with its three awkward characters; each of ours has all of them, to catch missing encoding. */
function newTicket(): string {
  return `gQ${randomBytes(36).toString('base64')}+8/${randomText(22)}==`;
}

function nameIn(url: string): string {
  return url.replace(PICTURE_TEXT, '').replace(/[?#].*$/, '');
}
