/** The calls by which a page learns who opened it, after `authorize` gave it a code. */
import type { CallInput, WechatCalls } from './calls.js';
import { Refusal } from './errors.js';
import { checkAppId, checkSecret } from './token-calls.js';

const EXPIRES_IN_SECONDS = 7_200;

/** sns/oauth2/access_token and sns/userinfo. Their tokens are user-level, not the account's. */
export const oauthCalls: WechatCalls = {
  '/sns/oauth2/access_token': { method: 'GET', isOpen: true, run: exchangeCode },
  '/sns/userinfo': { method: 'GET', isOpen: true, run: readProfile },
};

function exchangeCode({ state, query }: CallInput): object {
  checkAppId(state, query.get('appid') ?? '');
  checkSecret(state, query.get('secret') ?? '');
  if (query.get('grant_type') !== 'authorization_code') {
    throw new Refusal(40002);
  }
  const code = query.get('code') ?? '';
  if (code === '') {
    throw new Refusal(41008);
  }
  const grant = state.oauth.takeCode(code);
  if (typeof grant === 'number') {
    throw new Refusal(grant);
  }
  const { openid, scope } = grant;
  return {
    access_token: state.oauth.issueToken(grant),
    expires_in: EXPIRES_IN_SECONDS,
    refresh_token: state.oauth.issueToken(grant),
    openid,
    scope,
    ...(state.people.find(openid)?.isSnapshot ? { is_snapshotuser: 1 } : {}),
  };
}

function readProfile({ state, query }: CallInput): object {
  const token = query.get('access_token') ?? '';
  if (token === '') {
    throw new Refusal(41001);
  }
  const grant = state.oauth.findToken(token);
  if (!grant) {
    throw new Refusal(40001);
  }
  const person = state.people.find(query.get('openid') ?? '');
  if (!person || person.openid !== grant.openid) {
    throw new Refusal(40003);
  }
  if (grant.scope !== 'snsapi_userinfo') {
    throw new Refusal(48001);
  }
  return {
    openid: person.openid,
    nickname: person.nickname,
    sex: 0,
    province: '',
    city: '',
    country: '',
    headimgurl: `${state.world.settings.publicUrl}/phone/bird.svg`,
    privilege: [],
  };
}
