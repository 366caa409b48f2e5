/** The table of error codes has every code of the platform, with words for people and the right verdict. */
import { expect, it } from 'vitest';
import { inLanguage } from '#src/lib/in-language.js';
import { describeCode, TOKEN_CODES, WECHAT_CODES } from '#src/platforms/wechat/codes.js';
import { apiError } from '#src/platforms/wechat/errors.js';

it.each([
  -1, 40001, 40002, 40003, 40013, 40014, 40016, 40017, 40018, 40019, 40020, 40023, 40024, 40025, 40026, 40027,
  40029, 40036, 40037, 40054, 40055, 40125, 40163, 40164, 40243, 41001, 41002, 41004, 41028, 41029, 41030,
  42001, 43002, 43004, 43101, 43116, 44002, 45002, 45008, 45009, 45011, 45015, 45047, 45109, 46003, 47001,
  47003, 48001, 48002, 48004, 48006, 50004, 61004, 65301, 65317, 89503, 89506, 89507,
])('knows %d', (code) => {
  const { meaning, advice } = describeCode(code, 'message/template/send');
  expect(meaning).not.toBe('unknown error');
  expect(inLanguage(advice, 'zh')).toMatch(/\p{Script=Han}.*。$/u);
  expect(inLanguage(advice, 'en')).toMatch(/^[A-Z][^\p{Script=Han}]+[.)]$/u);
});

it('calls worth retrying only what time or a new token can mend', () => {
  const retryable = Object.entries(WECHAT_CODES)
    .filter(([, meaning]) => meaning.retryable)
    .map(([code]) => Number(code));
  expect(new Set(retryable)).toEqual(new Set([-1, 40001, 40014, 42001, 45009, 45011]));
});

it('replaces the token for exactly three codes', () => {
  expect([...TOKEN_CODES].sort()).toEqual([40001, 40014, 42001]);
});

it('says how long a used-up quota lasts', () => {
  expect(describeCode(45009, 'x').pause).toBe('day');
  expect(describeCode(45011, 'x').pause).toBe('minute');
  expect(describeCode(40003, 'x').pause).toBe(undefined);
});

it('reads 40001 at the token endpoint as a wrong secret', () => {
  expect(describeCode(40001, 'stable_token')).toMatchObject({
    retryable: false,
    meaning: 'invalid appsecret',
  });
  expect(describeCode(40001, 'user/info')).toMatchObject({ retryable: true });
});

it('has words for a code that nobody knows', () => {
  expect(apiError('user/info', 99999, 'strange')).toMatchObject({
    code: 99999,
    retryable: false,
    message: 'wechat user/info: 99999 unknown error: strange',
  });
});
