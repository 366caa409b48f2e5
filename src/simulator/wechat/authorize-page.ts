/** The page behind an OAuth link: sends the known person on, or asks who is holding the phone. */
import type Koa from 'koa';
import { isForeignPage } from '../own-side.js';
import { OAUTH_SCOPES, type OauthScope } from './oauth-codes.js';
import type { Person } from './people.js';
import type { WechatState } from './wechat-state.js';

/** The phone page sets it: who holds the phone. */
const PERSON_COOKIE = 'sim_person';
/** The platform insists on this order. */
const PARAMETERS = ['appid', 'redirect_uri', 'response_type', 'scope', 'state'] as const;
const MAX_CHOICES = 50;
const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

interface Wish {
  redirectUri: URL;
  scope: OauthScope;
  state: string;
}

/** Answers `/connect/oauth2/authorize`: GET shows or redirects, POST is a person's own choice on the shown page. */
export async function serveAuthorize(state: WechatState, ctx: Koa.Context): Promise<void> {
  const wish = readWish(state, new URLSearchParams(ctx.querystring));
  if (typeof wish === 'string') {
    ctx.status = 400;
    showPage(ctx, `<h1>无法打开</h1><p>${escapeHtml(wish)}</p>`);
    return;
  }
  const chosen =
    ctx.method === 'POST' ? await readChoice(state, ctx) : findPerson(state, ctx.cookies.get(PERSON_COOKIE));
  if (!chosen) {
    showPage(ctx, choices(state));
    return;
  }
  if (ctx.method === 'POST') {
    // Readable by the phone page, which shows the same person.
    ctx.cookies.set(PERSON_COOKIE, chosen.openid, { path: '/', sameSite: 'lax', httpOnly: false });
  }
  const code = state.oauth.issueCode({ openid: chosen.openid, scope: wish.scope });
  wish.redirectUri.searchParams.set('code', code);
  wish.redirectUri.searchParams.set('state', wish.state);
  ctx.status = ctx.method === 'POST' ? 303 : 302;
  ctx.set('location', wish.redirectUri.href);
  ctx.body = '';
}

/** The checked query, or the sentence that the platform's error page shows. */
function readWish(state: WechatState, query: URLSearchParams): Wish | string {
  const order = [...query.keys()].filter((key) => PARAMETERS.some((name) => name === key));
  if (order.join() !== PARAMETERS.filter((name) => query.has(name)).join()) {
    return '参数顺序错误 The parameters must come in the documented order';
  }
  if (query.get('appid') !== state.world.settings.appId) {
    return 'AppID 参数错误 Wrong appid';
  }
  if (query.get('response_type') !== 'code') {
    return 'response_type 参数错误 response_type must be code';
  }
  const scope = OAUTH_SCOPES.find((known) => known === query.get('scope'));
  if (!scope || state.account.kind === 'subscription') {
    return 'Scope 参数错误或没有 Scope 权限 Wrong scope, or no right to it (10005)';
  }
  const wanted = query.get('state') ?? '';
  if (!/^[a-zA-Z0-9]{0,128}$/.test(wanted)) {
    return 'state 参数错误 state is at most 128 letters and digits';
  }
  const target = query.get('redirect_uri') ?? '';
  const redirectUri = URL.canParse(target) ? new URL(target) : null;
  const domain = state.account.oauthDomain;
  if (
    !redirectUri ||
    !/^https?:$/.test(redirectUri.protocol) ||
    (domain && redirectUri.hostname !== domain)
  ) {
    return 'redirect_uri 域名与后台配置不一致 Wrong redirect_uri (10003)';
  }
  return { redirectUri, scope, state: wanted };
}

/** A form of another site must not choose for the person. */
async function readChoice(state: WechatState, ctx: Koa.Context): Promise<Person | null> {
  if (isForeignPage(ctx, state.world.settings.publicUrl)) {
    return null;
  }
  let text = '';
  for await (const chunk of ctx.req) {
    text += String(chunk);
    if (text.length > 1_000) {
      return null;
    }
  }
  return findPerson(state, new URLSearchParams(text).get('openid') ?? undefined);
}

function findPerson(state: WechatState, openid: string | undefined): Person | null {
  return (openid && state.people.find(openid)) || null;
}

function choices(state: WechatState): string {
  const people = state.people.list().slice(0, MAX_CHOICES);
  if (people.length === 0) {
    return '<h1>还没有人</h1><p>先在模拟手机里添加一个人。 Nobody is there yet: add a person on the phone page first.</p>';
  }
  const buttons = people.map(
    (person) =>
      `<li><button name="openid" value="${escapeHtml(person.openid)}">${escapeHtml(person.nickname)}</button></li>`,
  );
  return `<h1>谁在用这部手机？</h1><p>Who is holding the phone?</p><form method="post"><ul>${buttons.join('')}</ul></form>`;
}

function showPage(ctx: Koa.Context, body: string): void {
  ctx.type = 'text/html; charset=utf-8';
  ctx.set('cache-control', 'no-store');
  ctx.set('x-content-type-options', 'nosniff');
  // No form-action: browsers apply it to the redirect that answers the form, and that leads to the asking page.
  ctx.set('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'");
  ctx.body = `<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>微信授权（模拟）</title><style>${STYLE}</style></head><body>${body}</body></html>`;
}

const STYLE =
  'body{font:16px/1.6 system-ui,sans-serif;max-width:30em;margin:3em auto;padding:0 1em}ul{list-style:none;padding:0}button{font:inherit;width:100%;min-height:44px;margin:4px 0;border:1px solid #bbb;border-radius:8px;background:none;color:inherit}:root{color-scheme:light dark}';

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character);
}
