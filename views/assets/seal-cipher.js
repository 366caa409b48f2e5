/** Makes what Server酱 calls encoded: Base64 of AES-128-CBC of the Base64 of the text. */

import { md5Hex } from './message-md5.js';
import { encryptAesCbc } from './seal-aes.js';

/** The ciphertext of a text, on one line. `ivSeed` is `SCT` with the number of the SendKey. */
export async function seal({ content, password, ivSeed }) {
  const inner = new TextEncoder().encode(toBase64(new TextEncoder().encode(content)));
  return toBase64(await encrypt(inner, firstDigits(md5Hex(password)), firstDigits(md5Hex(ivSeed))));
}

/** Browsers give their own cipher to pages with HTTPS only. */
async function encrypt(bytes, key, iv) {
  const { subtle } = globalThis.crypto ?? {};
  if (!subtle) {
    return encryptAesCbc(bytes, key, iv);
  }
  const imported = await subtle.importKey('raw', key, 'AES-CBC', false, ['encrypt']);
  return new Uint8Array(await subtle.encrypt({ name: 'AES-CBC', iv }, imported, bytes));
}

/** The digits themselves, as ASCII, are key and vector. */
function firstDigits(hex) {
  return new TextEncoder().encode(hex.slice(0, 16));
}

function toBase64(bytes) {
  // In parts: a call takes so many arguments only.
  let text = '';
  for (let at = 0; at < bytes.length; at += 8192) {
    text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  }
  return btoa(text);
}
