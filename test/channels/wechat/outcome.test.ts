/** What each failure of a WeChat call means for a delivery. */
import { describe, expect, it } from 'vitest';
import { toOutcome } from '#src/channels/wechat/outcome.js';
import { WECHAT_CODES } from '#src/platforms/wechat/codes.js';
import {
  apiError,
  decodeError,
  httpError,
  networkError,
  timeoutError,
} from '#src/platforms/wechat/errors.js';

/** 2026-11-23 12:34:56.789 in China. */
const NOW = Date.parse('2026-11-23T04:34:56.789Z');
const CALL = 'message/template/send';
const outcomeOf = (code: number, call = CALL) => toOutcome(apiError(call, code, 'said so'), NOW);

/** `try` this delivery again; `rest`: nothing of the account would go through; `end` this delivery; `left`: and the person. */
const MEANING: Readonly<Record<string, readonly number[]>> = {
  try: [-1],
  rest: [
    40001, 40013, 40014, 40036, 40037, 40125, 40164, 40243, 41002, 41004, 42001, 43116, 45009, 45011, 48001,
    48004, 48008, 50002, 50004, 61004, 89503, 89506, 89507,
  ],
  left: [40003, 43004, 46004, 50005],
  end: [
    40002, 40016, 40017, 40018, 40019, 40020, 40023, 40024, 40025, 40026, 40027, 40029, 40054, 40055, 40066,
    40163, 41001, 41028, 41029, 41030, 43002, 43019, 43101, 44002, 45002, 45008, 45015, 45047, 45067, 45109,
    46003, 47001, 47003, 48002, 48006,
  ],
};

function meaningOf(code: number): string {
  const outcome = outcomeOf(code);
  switch (outcome.kind) {
    case 'retry':
      return outcome.scope === 'queue' ? 'rest' : 'try';
    case 'gone':
      return 'left';
    default:
      return outcome.kind === 'refused' ? 'end' : outcome.kind;
  }
}

it.each(Object.entries(MEANING).flatMap(([meaning, codes]) => codes.map((code) => [code, meaning] as const)))(
  '%i means to %s',
  (code, meaning) => {
    expect(meaningOf(code)).toBe(meaning);
  },
);

it('has an opinion on every code of the table', () => {
  const known = Object.values(MEANING).flat();
  expect(new Set(Object.keys(WECHAT_CODES).map(Number))).toEqual(new Set(known));
});

it('ends a delivery on a code nobody knows', () => {
  expect(outcomeOf(99999)).toMatchObject({ kind: 'refused', code: '99999' });
});

describe('the reason', () => {
  it.each(Object.keys(WECHAT_CODES).map(Number))(
    'of %i says the code and, in Chinese, what to do',
    (code) => {
      const outcome = outcomeOf(code);
      expect(outcome).toMatchObject({ code: String(code) });
      expect('why' in outcome ? outcome.why : '').toMatch(/said so.*\p{Script=Han}{2}/su);
    },
  );

  it('of a refused address names that address', () => {
    const error = apiError(
      'stable_token',
      40164,
      'invalid ip 203.0.113.9 ipv6 ::ffff:203.0.113.9, not in whitelist',
    );
    expect(toOutcome(error, NOW)).toMatchObject({
      kind: 'retry',
      scope: 'queue',
      code: '40164',
      why: expect.stringContaining('加入 203.0.113.9'),
    });
  });

  it('of a wrong secret at the token endpoint tells of the secret', () => {
    const outcome = outcomeOf(40001, 'stable_token');
    expect(outcome).toMatchObject({
      kind: 'retry',
      scope: 'queue',
      why: expect.stringMatching('WECHAT_APP_SECRET'),
    });
  });
});

it.each([
  ['a token that died again right after its renewal', outcomeOf(40001), 2000],
  ['an expired token', outcomeOf(42001), 2000],
  ['a wrong secret', outcomeOf(40001, 'stable_token'), 60_000],
  ['a missing template', outcomeOf(40037), 60_000],
])('lets the account rest for %s', (_, outcome, afterMs) => {
  expect(outcome).toMatchObject({ kind: 'retry', scope: 'queue', afterMs });
});

describe('a used-up quota', () => {
  it('of the day lets the account rest until midnight in China', () => {
    const outcome = outcomeOf(45009);
    expect(outcome).toMatchObject({ kind: 'retry', scope: 'queue' });
    expect(NOW + afterMs(outcome)).toBe(Date.parse('2026-11-24T00:00:00+08:00'));
  });

  it('of the minute lets it rest until the next minute', () => {
    expect(NOW + afterMs(outcomeOf(45011))).toBe(Date.parse('2026-11-23T04:35:00Z'));
  });

  it('of the token endpoint lets it rest as well', () => {
    const outcome = outcomeOf(45009, 'stable_token');
    expect(outcome).toMatchObject({ kind: 'retry', scope: 'queue', code: '45009' });
  });

  function afterMs(outcome: ReturnType<typeof toOutcome>): number {
    return outcome.kind === 'retry' ? (outcome.afterMs ?? 0) : 0;
  }
});

it.each([
  ['a token that did not come in time', timeoutError('stable_token', 5000, true), 'timeout'],
  ['no connection', networkError(CALL, 'ECONNREFUSED', false), 'network'],
  ['a failing server', httpError(CALL, 502), '502'],
  ['a proxy that says 404', httpError(CALL, 404), '404'],
])('tries again after %s', (_, error, code) => {
  expect(toOutcome(error, NOW)).toEqual({ kind: 'retry', code, why: expect.any(String) });
});

it.each([
  ['no answer in time', timeoutError(CALL, 5000, true), 'timeout'],
  ['a broken line', networkError(CALL, 'ECONNRESET', true), 'network'],
  ['a gateway that waited in vain', httpError(CALL, 504), '504'],
  ['an answer that makes no sense', decodeError(CALL, 'the answer is not a JSON object'), 'decode'],
])('does not know what became of the message after %s', (_, error, code) => {
  expect(toOutcome(error, NOW)).toEqual({ kind: 'unknown', code, why: expect.any(String) });
});

it('throws on what is no failure of the platform: that is a bug', () => {
  const bug = new TypeError('x is not a function');
  expect(() => toOutcome(bug, NOW)).toThrow(bug);
});
