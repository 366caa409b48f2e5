/** AES-128-CBC encryption (FIPS 197) for pages without HTTPS, where browsers lock their own away. */
import { expandKey, SBOX, times } from './message-aes.js';

/** Encrypts with PKCS#7 padding. */
export function encryptAesCbc(bytes, key, iv) {
  const count = 16 - (bytes.length % 16);
  const padded = new Uint8Array(bytes.length + count).fill(count);
  padded.set(bytes);
  const keys = expandKey(key);
  const sealed = new Uint8Array(padded.length);
  let before = iv;
  for (let at = 0; at < padded.length; at += 16) {
    const mixed = padded.subarray(at, at + 16).map((byte, index) => byte ^ before[index]);
    before = encryptBlock(mixed, keys);
    sealed.set(before, at);
  }
  return sealed;
}

function encryptBlock(block, keys) {
  let state = xor(block, keys, 0);
  for (let round = 1; round <= 10; round += 1) {
    state = shiftRows(state.map((byte) => SBOX[byte]));
    state = xor(round < 10 ? mixColumns(state) : state, keys, round);
  }
  return state;
}

const xor = (state, keys, round) => state.map((byte, at) => byte ^ keys[round * 16 + at]);
const shiftRows = (state) => state.map((_, at) => state[(at + 4 * (at % 4)) % 16]);

function mixColumns(state) {
  return state.map((_, at) => {
    const column = at - (at % 4);
    return [2, 3, 1, 1].reduce((sum, by, row) => sum ^ times(state[column + ((at + row) % 4)], by), 0);
  });
}
