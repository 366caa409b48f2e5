/** Encrypted Bark pushes: what the server and the app of others read. */
import { createDecipheriv } from 'node:crypto';
import { expect, it } from 'vitest';
import { encryptBark } from '#src/channels/bark/encrypt.js';

const PLAINTEXT = '{"body": "test", "sound": "birdsong"}';
const KEY = '1234567890123456';

it.each([
  ['CBC', '1234567890123456', '+aPt5cwN9GbTLLSFri60l3h1X00u/9j1FENfWiTxhNHVLGU+XoJ15JJG5W/d/yf0'],
  ['CBC', '1111111111111111', 'd3QhjQjP5majvNt5CjsvFWwqqj2gKl96RFj5OO+u6ynTt7lkyigDYNA3abnnCLpr'],
  ['ECB', '', 'nyEyuyYwoV+3IkEm9QUUzAOy8Je44anatLeIjsP2cnKV7j1c3K4CXoWCF2gES5SK'],
  ['GCM', '123456789012', 'ylMMx7zodjKH02/QJUV4aNZcC2sKrciqU4q3r1FM6655WhRlI5PKiuVZMv6NWrMAZf1N/2M='],
] as const)('AES128 in %s mode with the IV "%s" makes the published ciphertext', (mode, iv, ciphertext) => {
  expect(encryptBark(PLAINTEXT, { algorithm: 'AES128', mode, key: KEY, iv })).toBe(ciphertext);
});

it.each([
  ['AES192', 'aes-192-cbc', 24],
  ['AES256', 'aes-256-cbc', 32],
] as const)('%s is undone with its key', (algorithm, name, length) => {
  const key = 'k'.repeat(length);
  const hidden = encryptBark('{"body":"你好"}', { algorithm, mode: 'CBC', key, iv: KEY });
  const decipher = createDecipheriv(name, key, KEY);
  const shown = Buffer.concat([decipher.update(hidden, 'base64'), decipher.final()]).toString();
  expect(shown).toBe('{"body":"你好"}');
});

it.each(['AES192', 'AES256'] as const)('%s in GCM mode carries its tag at the end', (algorithm) => {
  const key = Buffer.alloc(algorithm === 'AES192' ? 24 : 32, 'k');
  const iv = '123456789012';
  const hidden = Buffer.from(
    encryptBark('{}', { algorithm, mode: 'GCM', key: key.toString(), iv }),
    'base64',
  );
  const decipher = createDecipheriv(algorithm === 'AES192' ? 'aes-192-gcm' : 'aes-256-gcm', key, iv);
  decipher.setAuthTag(hidden.subarray(-16));
  expect(decipher.update(hidden.subarray(0, -16)).toString() + decipher.final('utf8')).toBe('{}');
});

it('refuses a key or an IV of a wrong length', () => {
  expect(() => encryptBark('{}', { algorithm: 'AES256', mode: 'CBC', key: KEY, iv: KEY })).toThrow(
    RangeError,
  );
  expect(() => encryptBark('{}', { algorithm: 'AES128', mode: 'GCM', key: KEY, iv: KEY })).toThrow(
    RangeError,
  );
});
