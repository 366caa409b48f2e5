/** A browser without a screen: signs a person in by the scan of the page's code, keeps cookies, and sends our own forms. */
import type { Core } from '#src/core/index.js';
import { type Answer, ask } from './http.js';
import type { Phone } from './phone.js';

/** What a person is on the server. */
export type Role = 'operator' | 'developer' | 'follower';

/** What a form holds; a list is a field called `name[]`. */
export type Fields = Readonly<Record<string, string | readonly string[]>>;

/** A signed-in browser. */
export interface Browser {
  /** Opens a page; follows no redirect. */
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  /** Sends a form of ours, with its token; follows no redirect. */
  post(path: string, fields?: Fields, headers?: Record<string, string>): Promise<Answer>;
  /** Sends a form and opens the page that it leads to; fails unless it leads to one. */
  submit(path: string, fields?: Fields): Promise<Answer>;
  /** The cookies held now, by name. */
  cookies: Map<string, string>;
  /** The token of our forms. */
  csrf(): Promise<string>;
}

/** What signing in needs of a world. */
export interface SignInMeans {
  url: string;
  core: Core;
  phone(name: string): Phone;
  /** Makes the person's account what it should be. */
  setRole(uid: string, role: 'operator' | 'developer'): Promise<void>;
}

/** A browser that nobody is signed in with. */
export function openBrowser(url: string): Browser {
  const cookies = new Map<string, string>();
  let csrf = '';
  const send = async (
    path: string,
    input: { method?: string; headers?: Record<string, string>; body?: string },
  ) => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await ask(`${url}${path}`, {
      ...input,
      headers: { cookie, accept: 'text/html', ...input.headers },
    });
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(name, value);
      if (/Max-Age=0\b/.test(line)) {
        cookies.delete(name);
      }
    }
    csrf = /name="csrf" value="([^"]+)"/.exec(answer.text)?.[1] ?? csrf;
    return answer;
  };
  const get = (path: string, headers: Record<string, string> = {}) => send(path, { headers });
  const readToken = async (): Promise<string> => {
    if (csrf === '') {
      await get('/me');
    }
    return csrf;
  };
  const post = async (path: string, fields: Fields = {}, headers: Record<string, string> = {}) => {
    const body = new URLSearchParams({ csrf: await readToken() });
    for (const [name, value] of Object.entries(fields)) {
      body.delete(name);
      for (const one of typeof value === 'string' ? [value] : value) {
        body.append(name, one);
      }
    }
    const type = 'application/x-www-form-urlencoded';
    return send(path, {
      method: 'POST',
      headers: { 'content-type': type, origin: url, ...headers },
      body: body.toString(),
    });
  };
  const submit = async (path: string, fields: Fields = {}) => {
    const answer = await post(path, fields);
    if (answer.status !== 303) {
      throw new Error(
        `${path} answered ${answer.status}: ${answer.text.replace(/\s+/g, ' ').slice(0, 2000)}`,
      );
    }
    return get(answer.headers.get('location') ?? '');
  };
  return { get, post, submit, cookies, csrf: readToken };
}

/** Signs a person in as people do: opens the page, scans its code, goes on. */
export async function signIn(means: SignInMeans, name: string, role: Role): Promise<Browser> {
  const browser = openBrowser(means.url);
  const phone = means.phone(name);
  await scanSignIn(means.core, browser, phone);
  if (role !== 'follower') {
    await means.setRole(await phone.uid(), role);
  }
  const answer = await browser.get('/sign-in?next=/me');
  if (answer.headers.get('location') !== '/me') {
    throw new Error(`the sign-in ended with ${answer.status}: ${answer.text.slice(0, 500)}`);
  }
  return browser;
}

/** Opens the sign-in page, scans the code that it shows and confirms; returns what the chat asked. */
export async function scanSignIn(core: Core, browser: Browser, phone: Phone) {
  await browser.get('/sign-in?next=/console');
  const asked = await phone.scans(await readShownCode(core, browser));
  await confirmSignIn(phone);
  return asked;
}

/** Says yes to the question that a scan asked. */
export async function confirmSignIn(phone: Phone): Promise<void> {
  (await phone.says('1')).seesReply(/已确认，网页已登录/);
}

/** What the picture on this browser's sign-in page encodes, once the page's script has asked for it. */
export async function readShownCode(
  core: Core,
  browser: Browser,
  headers: Record<string, string> = {},
): Promise<string> {
  await browser.post('/sign-in/code', {}, { accept: 'application/json', ...headers });
  const code = await core.signIn.findCode(browser.cookies.get('qn_sign_in') ?? '');
  if (code.state !== 'waiting') {
    throw new Error(`the page shows no code to scan: ${code.state}`);
  }
  return code.url;
}
