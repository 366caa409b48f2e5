/** The signed links to apps' setting pages: the published vector, and what a reader must refuse. */
import { describe, expect, it } from 'vitest';
import { SETTING_LINK_MS, signSettingUrl, verifySettingUrl } from '#src/core/setting-links.js';

const LINK = {
  url: 'https://example.com/settings',
  uid: 'UID_xxx',
  secret: 'secret',
  nowMs: 1731000000000,
  nonce: 'abc123',
};
const SIGN = '7490be827b031f8a0b9fa3c74e4d9ec1b3a9ae846eda3bfce5020e5c1836ce52';

describe('signing', () => {
  it('reproduces the published vector', () => {
    expect(signSettingUrl(LINK)).toBe(
      `https://example.com/settings?uid=UID_xxx&ts=1731000000000&nonce=abc123&sv=1&sign=${SIGN}`,
    );
  });

  it('adds the UID alone when the app has no key', () => {
    expect(signSettingUrl({ ...LINK, secret: null })).toBe('https://example.com/settings?uid=UID_xxx');
  });

  it.each([
    ['https://a.example/s?x=%20a+b&y', 'https://a.example/s?x=%20a+b&y&uid=UID_xxx'],
    ['https://a.example/s?', 'https://a.example/s?uid=UID_xxx'],
    ['https://a.example/s#top?x=1', 'https://a.example/s?uid=UID_xxx#top?x=1'],
    ['https://a.example/#/set?x=1', 'https://a.example/?uid=UID_xxx#/set?x=1'],
    ['https://a.example/s?uid=UID_other&uidx=1&sign=0', 'https://a.example/s?uidx=1&uid=UID_xxx'],
  ])('keeps what %s already says', (url, expected) => {
    expect(signSettingUrl({ ...LINK, url, secret: null })).toBe(expected);
  });
});

describe('checking', () => {
  const signed = signSettingUrl(LINK);

  it('tells who comes', () => {
    expect(verifySettingUrl(signed, 'secret', LINK.nowMs)).toEqual({
      kind: 'ok',
      uid: 'UID_xxx',
      nonce: 'abc123',
    });
  });

  it('ends ten minutes after signing, and refuses the future likewise', () => {
    expect(verifySettingUrl(signed, 'secret', LINK.nowMs + SETTING_LINK_MS).kind).toBe('ok');
    expect(verifySettingUrl(signed, 'secret', LINK.nowMs + SETTING_LINK_MS + 1).kind).toBe('expired');
    expect(verifySettingUrl(signed, 'secret', LINK.nowMs - SETTING_LINK_MS - 1).kind).toBe('expired');
  });

  it.each([
    ['another person', signed.replace('UID_xxx', 'UID_yyy')],
    ['another time', signed.replace('1731000000000', '1731000000001')],
    ['another nonce', signed.replace('abc123', 'abc124')],
    ['another version', signed.replace('sv=1', 'sv=2')],
    ['no signature', signed.replace(/&sign=.*/, '')],
  ])('refuses %s', (_what, url) => {
    expect(verifySettingUrl(url, 'secret', LINK.nowMs).kind).toBe('bad_sign');
  });

  it('refuses a link signed with another key', () => {
    expect(verifySettingUrl(signed, 'Secret', LINK.nowMs).kind).toBe('bad_sign');
  });
});
