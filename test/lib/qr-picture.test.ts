/** QR pictures come in the asked format and size, and too long a text is an error instead of a broken picture. */
import { expect, it } from 'vitest';
import { qrPng, qrSvg } from '#src/lib/qr-picture.js';

it('draws a PNG of the asked width', async () => {
  const png = await qrPng('http://weixin.qq.com/q/abc', 300);
  expect(png.subarray(1, 4).toString()).toBe('PNG');
  expect(png.readUInt32BE(16)).toBe(300);
});

it('draws different SVG documents for different texts', async () => {
  const first = await qrSvg('http://weixin.qq.com/q/abc');
  expect(first).toMatch(/^<svg [\s\S]*<\/svg>\s*$/);
  expect(await qrSvg('http://weixin.qq.com/q/abd')).not.toBe(first);
});

it('rejects a text that no QR code can hold', async () => {
  await expect(qrPng('x'.repeat(3000))).rejects.toThrow();
});
