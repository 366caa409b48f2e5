/** The forms that settings take: ports, hosts, addresses, keys. */
import { isIP } from 'node:net';

/** Whether the text is a port number in plain digits, 0..65535. */
export function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) <= 65_535;
}

/** Whether the text is an IP address or a host name, without a port. */
export function isHost(text: string): boolean {
  return isIP(text) !== 0 || /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(text);
}

/** Whether the text is an http or https address without user, query and fragment. */
export function isBaseUrl(text: string): boolean {
  return /^https?:\/\/[^\s/?#@]+(\/[^\s?#]*)?$/.test(text) && URL.canParse(text);
}

/** The 32 bytes of a key in base64, with or without its padding; null for anything else. */
export function readKey32(text: string): Buffer | null {
  const key = Buffer.from(text, 'base64');
  return /^[A-Za-z0-9+/]{43}=?$/.test(text) && key.length === 32 ? key : null;
}
