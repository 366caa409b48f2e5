/** MD5 (RFC 1321), which browsers do not offer: the end-to-end encryption of Server酱 makes its keys with it. */

const SHIFTS = [
  [7, 12, 17, 22],
  [5, 9, 14, 20],
  [4, 11, 16, 23],
  [6, 10, 15, 21],
];
const SINES = Array.from({ length: 64 }, (_, at) => Math.floor(Math.abs(Math.sin(at + 1)) * 2 ** 32) | 0);

/** The digest of a text's UTF-8 bytes, 32 lower-case hex digits. */
export function md5Hex(text) {
  const view = pad(new TextEncoder().encode(text));
  let state = [0x67452301, 0xefcdab89 | 0, 0x98badcfe | 0, 0x10325476];
  for (let at = 0; at < view.byteLength; at += 64) {
    const words = Array.from({ length: 16 }, (_, word) => view.getInt32(at + word * 4, true));
    const mixed = mix(state, words);
    state = state.map((value, index) => (value + mixed[index]) | 0);
  }
  const digest = new DataView(new ArrayBuffer(16));
  state.forEach((value, index) => {
    digest.setInt32(index * 4, value, true);
  });
  return Array.from(new Uint8Array(digest.buffer), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The bytes, a one, zeros, and the length in bits: whole blocks of 64 bytes. */
function pad(bytes) {
  const padded = new Uint8Array(Math.ceil((bytes.length + 9) / 64) * 64);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, (bytes.length * 8) >>> 0, true);
  view.setUint32(padded.length - 4, Math.floor(bytes.length / 2 ** 29), true);
  return view;
}

function mix([a, b, c, d], words) {
  for (let step = 0; step < 64; step += 1) {
    const round = step >> 4;
    const sum = (a + choose(round, b, c, d) + SINES[step] + words[wordOf(round, step)]) | 0;
    const shift = SHIFTS[round][step & 3];
    [a, d, c, b] = [d, c, b, (b + ((sum << shift) | (sum >>> (32 - shift)))) | 0];
  }
  return [a, b, c, d];
}

function choose(round, b, c, d) {
  return [(b & c) | (~b & d), (d & b) | (~d & c), b ^ c ^ d, c ^ (b | ~d)][round];
}

function wordOf(round, step) {
  return [step, 5 * step + 1, 3 * step + 5, 7 * step][round] % 16;
}
