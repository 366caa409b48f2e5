/** AES-128-CBC decryption (FIPS 197) for pages without HTTPS, where browsers lock their own away. */

/** The substitution of bytes. */
export const SBOX = makeSbox();
const INVERSE = new Uint8Array(256);
SBOX.forEach((value, at) => {
  INVERSE[value] = at;
});

/** Decrypts whole blocks and takes the PKCS#7 padding off. Throws for anything that is not such a text. */
export function decryptAesCbc(bytes, key, iv) {
  if (bytes.length === 0 || bytes.length % 16 !== 0) {
    throw new Error('no whole blocks');
  }
  const keys = expandKey(key);
  const plain = new Uint8Array(bytes.length);
  let before = iv;
  for (let at = 0; at < bytes.length; at += 16) {
    const block = bytes.subarray(at, at + 16);
    plain.set(
      decryptBlock(block, keys).map((byte, index) => byte ^ before[index]),
      at,
    );
    before = block;
  }
  const count = plain[plain.length - 1];
  if (count < 1 || count > 16 || plain.subarray(-count).some((byte) => byte !== count)) {
    throw new Error('wrong padding');
  }
  return plain.subarray(0, -count);
}

function decryptBlock(block, keys) {
  let state = xor(block, keys, 10);
  for (let round = 9; round >= 0; round -= 1) {
    state = xor(substitute(shiftRows(state)), keys, round);
    if (round > 0) {
      state = mixColumns(state);
    }
  }
  return state;
}

const xor = (state, keys, round) => state.map((byte, at) => byte ^ keys[round * 16 + at]);
const substitute = (state) => state.map((byte) => INVERSE[byte]);
const shiftRows = (state) => state.map((_, at) => state[(at - 4 * (at % 4) + 16) % 16]);

function mixColumns(state) {
  return state.map((_, at) => {
    const column = at - (at % 4);
    return [14, 11, 13, 9].reduce((sum, by, row) => sum ^ times(state[column + ((at + row) % 4)], by), 0);
  });
}

/** The keys of all rounds, one after another. */
export function expandKey(key) {
  const keys = new Uint8Array(176);
  keys.set(key);
  let constant = 1;
  for (let at = 16; at < 176; at += 4) {
    let word = [...keys.subarray(at - 4, at)];
    if (at % 16 === 0) {
      word = [word[1], word[2], word[3], word[0]].map((byte) => SBOX[byte]);
      word[0] ^= constant;
      constant = times(constant, 2);
    }
    keys.set(
      word.map((byte, index) => byte ^ keys[at - 16 + index]),
      at,
    );
  }
  return keys;
}

/** The product in the field of 256 elements. */
export function times(a, b) {
  let product = 0;
  for (let left = a, right = b; right > 0; right >>= 1) {
    product ^= right & 1 ? left : 0;
    left = (left << 1) ^ (left & 0x80 ? 0x11b : 0);
  }
  return product;
}

function makeSbox() {
  const box = new Uint8Array(256);
  // Powers of 3 reach every element but 0; those of its inverse 0xf6 run against them.
  for (let value = 1, inverse = 1, at = 0; at < 255; at += 1) {
    const turned = [1, 2, 3, 4].map((by) => (inverse << by) | (inverse >> (8 - by)));
    box[value] = turned.reduce((sum, one) => sum ^ one, inverse) ^ 0x63;
    value = times(value, 3);
    inverse = times(inverse, 0xf6);
  }
  box[0] = 0x63;
  return box;
}
