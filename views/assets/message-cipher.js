/** Opens what Server酱 calls encoded: Base64 of AES-128-CBC of the Base64 of the text. */
import { decryptAesCbc } from './message-aes.js';
import { md5Hex } from './message-md5.js';

/** The text behind the ciphertext. Rejects when the password does not fit or the ciphertext is damaged. */
export async function unseal({ ciphertext, password, ivSeed }) {
  const key = firstDigits(md5Hex(password));
  const iv = firstDigits(md5Hex(ivSeed));
  const base64 = await decrypt(fromBase64(ciphertext.trim()), key, iv);
  const inner = new TextDecoder('utf-8', { fatal: true }).decode(base64);
  return new TextDecoder('utf-8', { fatal: true }).decode(fromBase64(inner));
}

/** Browsers give their own cipher to pages with HTTPS only. */
async function decrypt(bytes, key, iv) {
  const { subtle } = globalThis.crypto ?? {};
  if (!subtle) {
    return decryptAesCbc(bytes, key, iv);
  }
  const imported = await subtle.importKey('raw', key, 'AES-CBC', false, ['decrypt']);
  return new Uint8Array(await subtle.decrypt({ name: 'AES-CBC', iv }, imported, bytes));
}

/** The digits themselves, as ASCII, are key and vector. */
function firstDigits(hex) {
  return new TextEncoder().encode(hex.slice(0, 16));
}

function fromBase64(text) {
  // atob forgives blanks; a blank here is a plus that got lost, and nothing is to be guessed.
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) {
    throw new Error('no Base64');
  }
  return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
}
