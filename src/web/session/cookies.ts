/** Reads and writes the cookies of signed-in people. */
import type { Context } from 'koa';

/** A cookie to set. An empty value removes it. */
export interface CookieInput {
  name: string;
  value: string;
  path?: string;
  maxAgeS?: number;
}

/** The cookies of one server. */
export interface Cookies {
  set(ctx: Context, cookie: CookieInput): void;
  /** A cookie's value, empty where there is none or it is damaged. */
  read(ctx: Context, name: string): string;
}

/**
 * Makes them. Lax, since people come from WeChat and from links in messages. Where people reach us by https their names begin
 * with `__Host-`: browsers then take them from this very host alone, for all its paths, and no neighbour under the same
 * domain can plant one.
 */
export function createCookies(publicUrl: string): Cookies {
  const isSecure = publicUrl.startsWith('https:');
  const toName = (name: string): string => (isSecure ? `__Host-${name}` : name);
  return {
    // Written by hand, since Koa refuses Secure cookies when the proxy in front of us ends TLS.
    set: (ctx, { name, value, path = '/', maxAgeS = 0 }) => {
      const age = value === '' ? 0 : maxAgeS;
      const where = isSecure ? '/' : path;
      const flags = `Path=${where}; Max-Age=${age}; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`;
      ctx.append('Set-Cookie', `${toName(name)}=${encodeURIComponent(value)}; ${flags}`);
    },
    read: (ctx, name) => {
      try {
        return decodeURIComponent(ctx.cookies.get(toName(name)) ?? '');
      } catch {
        return '';
      }
    },
  };
}
