/** Understands addresses that people paste whole, where a form asks for a server and a key: apps and pages show just these. */
import type { ChannelSettings } from './channel.js';

/** Part of the settings that an address says; a key that it does not hold is absent. */
export interface PastedParts {
  server: string;
  secret?: string;
  user?: string;
  password?: string;
}

/** How the addresses of a service are split. `known` is the key that stands in its own field; empty for none. */
export type SplitAddress = (address: URL, known: string) => PastedParts;

/**
 * The settings with an address split that was pasted into the field of the secret, or of the server with the secret behind
 * it. The one in the secret's own field wins.
 */
export function readPasted(
  settings: ChannelSettings,
  secretField: string,
  split: SplitAddress,
): Record<string, string> {
  const secret = settings[secretField]?.trim() ?? '';
  const pasted = readAddress(secret);
  const address = pasted ?? readAddress(settings.server ?? '');
  if (address === null) {
    return { ...settings };
  }
  const { secret: found, ...parts } = split(address, pasted ? '' : secret);
  if (`${address.username}${address.password}` !== '' && parts.user === undefined) {
    // Not dropped in silence: the check of the server's address refuses a name and a password in words.
    return { ...settings, server: address.href };
  }
  return { ...settings, ...parts, [secretField]: found ?? (pasted ? '' : secret) };
}

/** The server of an address whose path begins so. */
export function serverAt({ protocol, host }: URL, path: readonly string[]): string {
  return [`${protocol}//${host}`, ...path].join('/');
}

/** The parts of an address's path, without empty ones. */
export function pathOf({ pathname }: URL): string[] {
  return pathname.split('/').filter((part) => part !== '');
}

/** A path without these parts at its end. */
export function withoutEnd(path: readonly string[], end: readonly string[]): string[] {
  const isThere = end.every((part, at) => path[path.length - end.length + at] === part);
  return isThere ? path.slice(0, path.length - end.length) : [...path];
}

/** Between quotes or brackets, with a scheme or without; `ntfy:`, as its app opens it, means https. */
function readAddress(text: string): URL | null {
  const bare = text.trim().replace(/^["'<「]|["'>」]$/g, '');
  const [, scheme = '', rest = ''] = /^(?:(https?|ntfy):\/\/)?(\S.*)$/is.exec(bare) ?? [];
  if (scheme === '' && !/^[\w-]+(?:\.[\w-]+)+(?::\d+)?\//.test(rest)) {
    return null;
  }
  const isInsecure = scheme.toLowerCase() === 'http' || /[?&]secure=false\b/.test(rest);
  const whole = `${isInsecure ? 'http' : 'https'}://${rest}`;
  return URL.canParse(whole) ? new URL(whole) : null;
}
