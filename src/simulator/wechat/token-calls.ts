/** The two token endpoints and what guards them. */
import { type CallInput, textIn, type WechatCalls } from './calls.js';
import { Refusal } from './errors.js';
import type { WechatState } from './wechat-state.js';

/** GET token, which replaces, and POST stable_token, which keeps. */
export const tokenCalls: WechatCalls = {
  '/cgi-bin/token': {
    method: 'GET',
    isOpen: true,
    run: ({ state, query, ip }) => {
      checkCaller(state, ip, {
        grantType: query.get('grant_type') ?? '',
        appId: query.get('appid') ?? '',
        secret: query.get('secret') ?? '',
      });
      return grantBody(state.tokens.issueClassic());
    },
  },
  '/cgi-bin/stable_token': {
    method: 'POST',
    isOpen: true,
    run: ({ state, body, ip }: CallInput) => {
      checkCaller(state, ip, {
        grantType: textIn(body, 'grant_type'),
        appId: textIn(body, 'appid'),
        secret: textIn(body, 'secret'),
      });
      const force = body.force_refresh ?? false;
      if (typeof force !== 'boolean') {
        throw new Refusal(47001);
      }
      return grantBody(state.tokens.issueStable(force));
    },
  },
};

interface Credentials {
  grantType: string;
  appId: string;
  secret: string;
}

/** Refuses in the platform's order: what is missing, who asks, from where. */
function checkCaller(state: WechatState, ip: string, { grantType, appId, secret }: Credentials): void {
  if (grantType !== 'client_credential') {
    throw new Refusal(40002);
  }
  checkAppId(state, appId);
  checkSecret(state, secret);
  const { isFrozen, isPunished, allowedIps } = state.account;
  if (isFrozen) {
    throw new Refusal(40243);
  }
  if (isPunished) {
    throw new Refusal(50004);
  }
  if (allowedIps && !allowedIps.includes(ip)) {
    throw new Refusal(40164, { ip });
  }
}

/** Refuses a missing app id with 41002 and another one with 40013. */
export function checkAppId(state: WechatState, appId: string): void {
  if (appId === '') {
    throw new Refusal(41002);
  }
  if (appId !== state.world.settings.appId) {
    throw new Refusal(40013);
  }
}

/** Refuses a missing secret with 41004, one of another shape with 40125, and a wrong one with 40001. */
export function checkSecret(state: WechatState, secret: string): void {
  const own = state.world.settings.secret;
  if (secret === '') {
    throw new Refusal(41004);
  }
  if (secret !== own) {
    throw new Refusal(secret.length === own.length ? 40001 : 40125);
  }
}

function grantBody(grant: { value: string; expiresInSeconds: number }): object {
  return { access_token: grant.value, expires_in: grant.expiresInSeconds };
}
