/** OAuth codes and the user-level tokens they are exchanged for: other tokens than the account's. */
import { LRUCache } from 'lru-cache';
import { atMost } from '#src/lib/cache-size.js';
import type { Clock } from '#src/lib/clock.js';
import { randomText } from '#src/lib/ids.js';

const CODE_LIFETIME_MS = 300_000;
const TOKEN_LIFETIME_MS = 7_200_000;
const KEPT = 10_000;

/** How much of the person a page asks for. */
export const OAUTH_SCOPES = ['snsapi_base', 'snsapi_userinfo'] as const;

/** One of the two scopes. */
export type OauthScope = (typeof OAUTH_SCOPES)[number];

/** Who allowed what. */
export interface OauthGrant {
  readonly openid: string;
  readonly scope: OauthScope;
}

/** The codes and tokens of one account. */
export interface OauthCodes {
  /** A code for one exchange within five minutes. */
  issueCode(grant: OauthGrant): string;
  /** The code's grant, or the number that refuses it. */
  takeCode(code: string): OauthGrant | 40029 | 40163;
  /** A user-level token. */
  issueToken(grant: OauthGrant): string;
  /** The token's grant; null when it is none or too old. */
  findToken(token: string): OauthGrant | null;
}

/** Makes the codes: none yet. */
export function createOauthCodes(clock: Clock): OauthCodes {
  const codes = new LRUCache<string, { grant: OauthGrant; until: number; isUsed: boolean }>(atMost(KEPT));
  const tokens = new LRUCache<string, { grant: OauthGrant; until: number }>(atMost(KEPT));
  return {
    issueCode: (grant) => {
      const code = randomText(32);
      codes.set(code, { grant, until: clock.now() + CODE_LIFETIME_MS, isUsed: false });
      return code;
    },
    takeCode: (code) => {
      const found = codes.get(code);
      if (!found || found.until <= clock.now()) {
        return 40029;
      }
      if (found.isUsed) {
        return 40163;
      }
      found.isUsed = true;
      return found.grant;
    },
    issueToken: (grant) => {
      const token = `user_${randomText(80)}`;
      tokens.set(token, { grant, until: clock.now() + TOKEN_LIFETIME_MS });
      return token;
    },
    findToken: (token) => {
      const found = tokens.get(token);
      return found && found.until > clock.now() ? found.grant : null;
    },
  };
}
