/** Signatures as Standard Webhooks receivers check them. */
import { describe, expect, it } from 'vitest';
import { isSignatureRight, signHeaders } from '#src/callbacks/sign.js';

/** The example that the Standard Webhooks libraries share. */
const VECTOR = {
  secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  timestamp: 1_614_265_330,
  body: '{"test": 2432232314}',
};
const SIGNATURE = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=';

it('signs the published example as published', () => {
  expect(signHeaders(VECTOR)).toEqual({
    'webhook-id': VECTOR.id,
    'webhook-timestamp': '1614265330',
    'webhook-signature': SIGNATURE,
  });
});

it('signs the bytes of UTF-8, not characters', () => {
  const input = { ...VECTOR, body: '{"content":"重启 🔥"}' };
  const { 'webhook-signature': signature = '' } = signHeaders(input);
  expect(isSignatureRight(input, signature)).toBe(true);
  expect(isSignatureRight({ ...input, body: '{"content":"重启 🔥" }' }, signature)).toBe(false);
});

it('signs by two secrets while one replaces the other, the newer first', () => {
  const secret = 'whsec_bmV4dCBzZWNyZXQgb2YgdGhlIGFwcA==';
  const { 'webhook-signature': alone = '' } = signHeaders({ ...VECTOR, secret });
  const { 'webhook-signature': both } = signHeaders({ ...VECTOR, secret, oldSecret: VECTOR.secret });
  expect(both).toBe(`${alone} ${SIGNATURE}`);
  expect(signHeaders({ ...VECTOR, oldSecret: null })['webhook-signature']).toBe(SIGNATURE);
});

describe('checking', () => {
  it('finds the right one among the signatures of two secrets', () => {
    const other = signHeaders({ ...VECTOR, secret: 'whsec_bmV4dCBzZWNyZXQgb2YgdGhlIGFwcA==' });
    const header = `${other['webhook-signature']} ${SIGNATURE}`;
    expect(isSignatureRight(VECTOR, header)).toBe(true);
    expect(isSignatureRight(VECTOR, `${other['webhook-signature']}`)).toBe(false);
  });

  it.each([
    ['another id', { id: 'msg_other' }],
    ['another time', { timestamp: VECTOR.timestamp + 1 }],
    ['another body', { body: '{"test":2432232314}' }],
    ['another secret', { secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSx' }],
  ])('refuses %s', (_, change) => {
    expect(isSignatureRight({ ...VECTOR, ...change }, SIGNATURE)).toBe(false);
  });

  it.each(['', 'v1,', 'v1', SIGNATURE.slice(3), `v2${SIGNATURE.slice(2)}`, SIGNATURE.replace(',', ', ')])(
    'refuses the header %j',
    (header) => {
      expect(isSignatureRight(VECTOR, header)).toBe(false);
    },
  );
});
