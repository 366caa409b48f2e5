/** Reads and writes the cookies of signed-in people. */
import type { Context } from 'koa';

/** A cookie to set. An empty value removes it. */
export interface CookieInput {
  name: string;
  value: string;
  path?: string;
  maxAgeS?: number;
}

/** Sets cookies of one server. */
export type SetCookie = (ctx: Context, cookie: CookieInput) => void;

/**
 * Makes the writer. Lax, since people come from WeChat and from links in messages. Written by hand, since Koa refuses
 * Secure cookies when the proxy in front of us ends TLS.
 */
export function createSetCookie(isSecure: boolean): SetCookie {
  return (ctx, { name, value, path = '/', maxAgeS = 0 }) => {
    const age = value === '' ? 0 : maxAgeS;
    const flags = `Path=${path}; Max-Age=${age}; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`;
    ctx.append('Set-Cookie', `${name}=${encodeURIComponent(value)}; ${flags}`);
  };
}

/** A cookie's value, empty where there is none or it is damaged. */
export function readCookie(ctx: Context, name: string): string {
  try {
    return decodeURIComponent(ctx.cookies.get(name) ?? '');
  } catch {
    return '';
  }
}
