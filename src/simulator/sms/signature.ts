/** Checks the signature of an RPC call to the SMS vendor: HMAC-SHA1 over the sorted, strictly encoded parameters. */
import { createHmac } from 'node:crypto';

/**
 * The text that is signed (signature version 1.0 of the vendor's RPC style): the method, `%2F`, and all parameters but
 * the signature, sorted by name, each encoded by RFC 3986, the whole encoded once more.
 */
export function stringToSign(method: string, fields: Readonly<Record<string, string>>): string {
  const canonical = Object.keys(fields)
    .filter((name) => name !== 'Signature')
    .sort()
    .map((name) => `${encode(name)}=${encode(fields[name] ?? '')}`)
    .join('&');
  return `${method}&${encode('/')}&${encode(canonical)}`;
}

/** The signature in Base64; the vendor's key is the secret with an ampersand behind it. */
export function signCall(secret: string, text: string): string {
  return createHmac('sha1', `${secret}&`).update(text).digest('base64');
}

function encode(text: string): string {
  // encodeURIComponent leaves five characters that RFC 3986 reserves.
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
