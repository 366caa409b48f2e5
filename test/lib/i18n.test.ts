/** The language is what was asked for, else what the browser prefers, else Chinese. */
import { expect, it } from 'vitest';
import { createTranslator, pickLanguage } from '#src/lib/i18n.js';
import { isInsideWechat } from '#src/lib/user-agent.js';

it.each([
  [undefined, '', 'zh'],
  [undefined, 'en-US,en;q=0.9', 'en'],
  [undefined, 'zh-CN,zh;q=0.9,en;q=0.8', 'zh'],
  [undefined, 'en;q=0.3, zh-TW;q=0.7', 'zh'],
  [undefined, 'de,en;q=0.5', 'en'],
  [undefined, 'fr', 'zh'],
  [undefined, 'en;q=x', 'zh'],
  ['zh', 'en', 'zh'],
  ['en', 'zh', 'en'],
  ['xx', 'en', 'en'],
] as const)('asked for %j with Accept-Language %j: %s', (asked, header, expected) => {
  expect(pickLanguage(asked, header)).toBe(expected);
});

it('puts values into their places and leaves the other places to be seen', () => {
  const t = createTranslator({ hello: ['你好 {name} {constructor}', 'Hello {name}'] });
  expect(t('hello', 'zh', { name: '小明' })).toBe('你好 小明 {constructor}');
  expect(t('hello', 'en', { name: 3 })).toBe('Hello 3');
});

it.each([
  ['Mozilla/5.0 (iPhone) AppleWebKit/605 Mobile/15E148 MicroMessenger/8.0.50(0x1) NetType/WIFI', true],
  [
    'Mozilla/5.0 (Linux; Android 14) Chrome/120 Mobile Safari/537.36 wxwork/4.1.0 MicroMessenger/7.0.1',
    false,
  ],
  ['Mozilla/5.0 (X11; Linux) Chrome/120 Safari/537.36', false],
  ['', false],
])('%j is inside WeChat: %s', (userAgent, expected) => {
  expect(isInsideWechat(userAgent)).toBe(expected);
});
