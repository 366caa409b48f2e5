/** One JSON line an event, and no secret in it, wherever it hides. */
import { describe, expect, it } from 'vitest';
import { createLogger, type LogLevel, redact, redactText } from '#src/lib/logger.js';

function open(level: LogLevel = 'debug') {
  const lines: string[] = [];
  return {
    log: createLogger(level, (line) => lines.push(line)),
    read: () => lines.map((line) => JSON.parse(line)),
  };
}

describe('a line', () => {
  it('is JSON with level, time, tag, sentence and fields', () => {
    const { log, read } = open();
    log.child('engine', { delivery: 7 }).info('sent', { tookMs: 3 });
    expect(read()).toEqual([
      {
        level: 'info',
        time: expect.stringMatching(/^\d{4}-.*Z$/),
        tag: 'engine',
        delivery: 7,
        tookMs: 3,
        msg: 'sent',
      },
    ]);
  });

  it('below the level is not written', () => {
    const { log, read } = open('warn');
    log.debug('a');
    log.info('b');
    log.warn('c');
    log.error('d');
    expect(read().map(({ msg }) => msg)).toEqual(['c', 'd']);
  });

  it('stays one line, whatever a text holds', () => {
    const { log, read } = open();
    log.info('a\nb', { text: '\r\n\u2028{"level":"error"}' });
    expect(read()).toHaveLength(1);
  });

  it('writes dates, big numbers, errors and deep things as something to read', () => {
    const { log, read } = open();
    const fields = {
      until: new Date(0),
      never: new Date(Number.NaN),
      big: 2n ** 60n,
      error: new TypeError('bug'),
    };
    log.info('x', { ...fields, deep: { a: { b: { c: { d: { e: 1 } } } } } });
    expect(read()[0]).toMatchObject({
      until: '1970-01-01T00:00:00.000Z',
      never: null,
      big: '1152921504606846976',
      error: { name: 'TypeError', message: 'bug', stack: expect.stringContaining('logger.test') },
      deep: { a: { b: { c: { d: '[deep]' } } } },
    });
  });
});

describe('a secret', () => {
  it.each([
    'AT_abcdefghijklmnop',
    'SPT_abcdefghijklmnop',
    'whsec_abcdefghijklmnop+/=',
    'UID_abcdefghijklmnop',
    'SCT12Tabcdefghijklmnop',
    'https://x/?access_token=abcdefghijklmnop&a=1',
    'https://x/?key=abcdefghijklmnop',
    'Bearer abcdefghijklmnop',
  ])('in a text is masked: %s', (text) => {
    expect(redactText(`before ${text} after`)).toMatch(/^before .*\*\*\*.* after$/);
    expect(redactText(text)).not.toContain('abcdefghijklmnop');
  });

  it.each([
    'appToken',
    'access_token',
    'secret',
    'settingSecret',
    'password',
    'Authorization',
    'cookie',
    'aesKey',
    'openid',
    'body',
    'content',
    'spt',
    'key',
  ])('in a field of the name %s is masked, however deep', (name) => {
    expect(JSON.stringify(redact({ a: [{ [name]: 'hunter2' }] }))).not.toContain('hunter2');
  });

  it('in the message, the stack or a field of an error is masked', () => {
    const { log, read } = open();
    log.error('failed with AT_abcdefghijklmnop', { error: new Error('no AT_abcdefghijklmnop') });
    expect(JSON.stringify(read())).not.toContain('abcdefghijklmnop');
  });

  it.each([
    'Basic YWxhZGRpbjpvcGVuc2VzYW1l',
    'Basic dXNlcjpwYXNz',
    'Bearer QN_0123456789',
    'Bearer hunterhunterhunterhunter',
    'Bearer a.b',
  ])('behind its scheme is masked: %s', (text) => {
    expect(redactText(`Authorization: ${text}`)).toBe(`Authorization: ${text.split(' ')[0]} ***`);
  });

  it.each([
    'see Settings → Basic configuration of the account',
    'needs Bearer authentication.',
    '凭证无效 code=40001，请检查 WECHAT_APP_SECRET',
  ])('is not seen in advice: %s', (text) => {
    const kept = text.replace('40001', '***');
    expect(redactText(text)).toBe(kept);
  });

  it('is not seen in what only looks alike', () => {
    expect(redactText('UID_ AT_ key secret')).toBe('UID_ AT_ key secret');
    expect(redact({ keyword: 'thing1', code: '45009', tokens: 3 })).toEqual({
      keyword: 'thing1',
      code: '45009',
      tokens: 3,
    });
  });
});
