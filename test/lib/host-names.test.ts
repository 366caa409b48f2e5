/** Which addresses are this very machine. */
import { expect, it } from 'vitest';
import { isLoopback } from '#src/lib/host-names.js';

it.each(['127.0.0.1', '127.9.8.7', '::1', '0:0:0:0:0:0:0:1', '::ffff:127.0.0.1', '::FFFF:127.0.0.1'])(
  'takes %s for this machine',
  (address) => {
    expect(isLoopback(address)).toBe(true);
  },
);

it.each([
  undefined,
  '',
  'localhost',
  '128.0.0.1',
  '10.0.0.1',
  '::2',
  '::ffff:10.0.0.1',
  '::',
  '127.0.0.1.evil',
])('does not take %s for this machine', (address) => {
  expect(isLoopback(address)).toBe(false);
});
