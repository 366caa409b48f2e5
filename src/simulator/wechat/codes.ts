/** The account's QR codes: ticket, the text in the picture, scene and end. */
import { randomBytes } from 'node:crypto';
import type { Clock } from '#src/lib/clock.js';
import { randomText } from '#src/lib/ids.js';
import type { RememberedCodes } from './remembered.js';

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
  /** Those to be remembered: all that have not ended. */
  describe(): RememberedCodes;
}

/** What an account's codes are made with. */
export interface CodesNeeds {
  clock: Clock;
  /** The codes of an earlier run. */
  remembered: RememberedCodes | null;
  /** Told of each new code. */
  onChange: () => void;
}

/** Whether a scanned text is a WeChat code, and not some page's address. */
export function isCodeUrl(text: string): boolean {
  return PICTURE_TEXT.test(text);
}

/** Makes an account's codes. */
export function createCodes({ clock, remembered, onChange }: CodesNeeds): Codes {
  const byTicket = new Map<string, Code>();
  const byName = new Map<string, Code>();
  let permanent = 0;
  let nextSweepAt = clock.now() + KEPT_AFTER_END_MS;

  function place(code: Code): Code {
    permanent += code.expiresAt === null ? 1 : 0;
    byTicket.set(code.ticket, code);
    byName.set(nameIn(code.url), code);
    return code;
  }

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

  remembered?.forEach(place);
  return {
    add: (scene, expiresAt) => {
      sweep();
      if (expiresAt === null && permanent >= MAX_PERMANENT_CODES) {
        return null;
      }
      onChange();
      return place({
        ticket: newTicket(),
        url: `http://weixin.qq.com/q/${randomText(22)}`,
        ...{ scene, expiresAt },
      });
    },
    findByTicket: (ticket) => byTicket.get(ticket),
    findByUrl: (url) => (isCodeUrl(url) ? byName.get(nameIn(url)) : undefined),
    describe: () =>
      [...byTicket.values()].filter(({ expiresAt }) => expiresAt === null || expiresAt > clock.now()),
  };
}

/** Real tickets are base64 with its three awkward characters; each of ours has all of them, to catch missing encoding. */
function newTicket(): string {
  return `gQ${randomBytes(36).toString('base64')}+8/${randomText(22)}==`;
}

function nameIn(url: string): string {
  return url.replace(PICTURE_TEXT, '').replace(/[?#].*$/, '');
}
