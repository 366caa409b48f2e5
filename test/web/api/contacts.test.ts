/** A person's mail address and phone over the management API: the code arrives outside, and only it proves the address. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Answer } from '#test/support/http.js';
import { openWorld, type World } from '#test/support/world.js';

const PHONE = '13800138000';
const EMAIL = 'ming@mail.example';
const MINUTE_MS = 60_000;

let w: World;
let uid: string;

beforeEach(async () => {
  w = await openWorld({ mail: true });
  const ming = w.phone('Ming');
  await ming.follows();
  uid = await ming.uid();
});
afterEach(() => w.close());

const begin = (kind: string, address: unknown): Promise<Answer> =>
  w.admin(`/users/${uid}/contacts/${kind}`, { address });
const confirm = (kind: string, code: unknown): Promise<Answer> =>
  w.admin(`/users/${uid}/contacts/${kind}/confirm`, { code });
const contacts = async (): Promise<unknown> => (await w.admin(`/users/${uid}/contacts`)).json;

interface Arrived {
  to: string;
  rendered: string;
}

/** What reached a simulated inbox, newest first. */
async function inbox(name: 'mail' | 'sms'): Promise<Arrived[]> {
  return ((await w.sim(`/inboxes/${name}`)).json as { items: Arrived[] }).items;
}

/** The code in the newest message of an inbox. */
async function readCode(name: 'mail' | 'sms'): Promise<string> {
  const [newest] = await inbox(name);
  return /\b\d{6}\b/.exec(newest?.rendered ?? '')?.[0] ?? '';
}

/** A code that is surely not this one. */
const notThis = (code: string): string => (code === '000000' ? '000001' : '000000');

describe.each([
  ['email', 'mail', EMAIL],
  ['phone', 'sms', PHONE],
] as const)('the %s', (kind, place, address) => {
  it('is bound by the code that arrives there, and unbound again', async () => {
    expect(await contacts()).toEqual({ email: null, phone: null });
    const begun = await begin(kind, ` ${address} `);
    expect([begun.status, begun.json]).toEqual([202, { expiresAt: w.clock.now() + 10 * MINUTE_MS }]);
    expect((await inbox(place)).map(({ to }) => to)).toEqual([address]);
    const code = await readCode(place);
    expect(begun.text).not.toContain(code);
    expect(await contacts()).toEqual({ email: null, phone: null });
    const bound = await confirm(kind, code);
    expect([bound.status, bound.json]).toEqual([200, { email: null, phone: null, [kind]: address }]);
    expect(await contacts()).toEqual(bound.json);
    expect((await confirm(kind, code)).status).toBe(410);
    expect((await w.admin(`/users/${uid}/contacts/${kind}`, undefined, 'DELETE')).status).toBe(204);
    expect(await contacts()).toEqual({ email: null, phone: null });
    expect((await w.admin(`/users/${uid}/contacts/${kind}`, undefined, 'DELETE')).status).toBe(404);
  });

  it('is kept sealed, and its code hashed', async () => {
    await begin(kind, address);
    const code = await readCode(place);
    const waiting = await w.db.contactCheck.findFirstOrThrow();
    expect(JSON.stringify(waiting, (_, value) => (typeof value === 'bigint' ? '' : value))).not.toContain(
      code,
    );
    expect(waiting.address).not.toContain(address);
    await confirm(kind, code);
    const person = await w.db.person.findUniqueOrThrow({ where: { uid } });
    expect(person[kind]).toMatch(/^v1\./);
    expect(w.lines.join('\n')).not.toContain(address);
    expect(w.lines.join('\n')).not.toContain(code);
  });

  it('is not bound after five wrong codes, whatever comes then', async () => {
    await begin(kind, address);
    const code = await readCode(place);
    const wrong = [];
    for (let tries = 1; tries <= 5; tries += 1) {
      wrong.push((await confirm(kind, notThis(code))).status);
    }
    expect(wrong).toEqual([400, 400, 400, 400, 400]);
    expect((await confirm(kind, code)).status).toBe(410);
    expect(await contacts()).toEqual({ email: null, phone: null });
  });

  it('takes the right code at the fifth try, and not one of ten at once beyond it', async () => {
    await begin(kind, address);
    const code = await readCode(place);
    const wrong = await Promise.all(Array.from({ length: 4 }, () => confirm(kind, notThis(code))));
    expect(wrong.map(({ status }) => status)).toEqual([400, 400, 400, 400]);
    expect(wrong[3]?.text).toMatch(/还可以试 \d 次/);
    expect((await confirm(kind, code)).status).toBe(200);
    const late = await Promise.all(Array.from({ length: 10 }, () => confirm(kind, notThis(code))));
    expect(late.map(({ status }) => status)).toEqual(Array(10).fill(410));
  });
});

it('lets a code live ten minutes, and the next one end it', async () => {
  await begin('phone', PHONE);
  const first = await readCode('sms');
  w.clock.advance(MINUTE_MS);
  expect((await begin('phone', '13900139000')).status).toBe(202);
  const second = await readCode('sms');
  if (first !== second) {
    expect((await confirm('phone', first)).status).toBe(400);
  }
  w.clock.advance(10 * MINUTE_MS);
  expect((await confirm('phone', second)).status).toBe(410);
  expect(await contacts()).toEqual({ email: null, phone: null });
});

it('sends a person one code a minute, of whichever kind, even if many are asked for at once', async () => {
  const asked = await Promise.all([
    begin('phone', PHONE),
    begin('email', EMAIL),
    begin('phone', PHONE),
    begin('email', 'other@mail.example'),
  ]);
  expect(asked.map(({ status }) => status).sort()).toEqual([202, 429, 429, 429]);
  expect([...(await inbox('sms')), ...(await inbox('mail'))]).toHaveLength(1);
  w.clock.advance(MINUTE_MS - 1);
  expect((await begin('phone', PHONE)).status).toBe(429);
  w.clock.advance(1);
  expect((await begin('phone', PHONE)).status).toBe(202);
});

it('sends a person ten codes a day, also beyond a restart and an unbinding', async () => {
  const statuses = [];
  for (let count = 1; count <= 11; count += 1) {
    statuses.push((await begin(count % 2 ? 'phone' : 'email', count % 2 ? PHONE : EMAIL)).status);
    w.clock.advance(MINUTE_MS);
    if (count === 5) {
      await confirm('phone', await readCode('sms'));
      await w.admin(`/users/${uid}/contacts/phone`, undefined, 'DELETE');
      await w.restart();
    }
  }
  expect(statuses).toEqual([...Array(10).fill(202), 429]);
  w.clock.advance(24 * 60 * MINUTE_MS);
  expect((await begin('phone', PHONE)).status).toBe(202);
});

it('says what the mail server or the SMS vendor said when a code could not be sent', async () => {
  const refused = await begin('email', 'nobody@refuse.example');
  expect([refused.status, refused.json]).toMatchObject([502, { error: { code: 'code_not_sent' } }]);
  expect(refused.text).toContain('No such user here');
  w.clock.advance(MINUTE_MS);
  await w.sim('/sms/settings', { isEmpty: true });
  const empty = await begin('phone', PHONE);
  expect([empty.status, empty.text]).toEqual([502, expect.stringContaining('AMOUNT_NOT_ENOUGH')]);
  expect(await contacts()).toEqual({ email: null, phone: null });
});

it.each([
  ['email', ''],
  ['email', 'ming'],
  ['email', 'ming@'],
  ['email', 'a@b.example,c@d.example'],
  ['email', 'ming@mail.example\nBcc: all@mail.example'],
  ['email', '"x" <ming@mail.example>'],
  ['email', `${'m'.repeat(65)}@mail.example`],
  ['email', 7],
  ['email', null],
  ['phone', '12345'],
  ['phone', '138001380001'],
  ['phone', '13800138000,13900139000'],
  ['phone', '+1 202 555 0100'],
  ['phone', '１３８００１３８０００'],
  ['phone', EMAIL],
  ['phone', { $ne: '' }],
])('refuses the %s %j without sending anything', async (kind, address) => {
  expect((await begin(kind, address)).status).toBe(400);
  expect([...(await inbox('sms')), ...(await inbox('mail'))]).toEqual([]);
  expect(await w.db.contactCheck.count()).toBe(0);
});

it.each([['138 0013-8000'], ['+8613800138000'], ['86 138 0013 8000']])(
  'reads the phone %j as the number that it is',
  async (given) => {
    expect((await begin('phone', given)).status).toBe(202);
    expect((await confirm('phone', await readCode('sms'))).json).toEqual({ email: null, phone: PHONE });
  },
);

it.each([[''], ['12345'], ['1234567'], ['abcdef'], [123456], [null], [['123456']]])(
  'takes %j for no code',
  async (code) => {
    await begin('phone', PHONE);
    expect((await confirm('phone', code)).status).toBe(400);
    expect(await contacts()).toEqual({ email: null, phone: null });
  },
);

it('knows no other kinds, no code that nobody asked for, and no other people', async () => {
  expect((await begin('fax', PHONE)).status).toBe(404);
  expect((await begin('constructor', PHONE)).status).toBe(404);
  expect((await confirm('phone', '000000')).status).toBe(410);
  const hong = w.phone('Hong');
  await hong.follows();
  const { personId } = await w.core.people.getByUid(await hong.uid());
  const { key } = await w.core.keys.createKey(personId, 'personal');
  const headers = { authorization: `Bearer ${key}` };
  const asHong = (path: string, body?: unknown, method?: string) =>
    w.call(`/api/v1/users/${path}`, { headers, ...(body ? { body } : {}), ...(method ? { method } : {}) });
  await begin('phone', PHONE);
  const code = await readCode('sms');
  const strange = await Promise.all([
    asHong(`${uid}/contacts`),
    asHong(`${uid}/contacts/phone`, { address: PHONE }),
    asHong(`${uid}/contacts/phone/confirm`, { code }),
    asHong(`${uid}/contacts/phone`, undefined, 'DELETE'),
  ]);
  expect(strange.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
  const own = await hong.uid();
  // One number gets one code a minute, whoever asks for it.
  expect((await asHong(`${own}/contacts/phone`, { address: PHONE })).status).toBe(429);
  w.clock.advance(60_000);
  expect((await asHong(`${own}/contacts/phone`, { address: PHONE })).status).toBe(202);
  // A code proves what its own person was asked: another's is nothing.
  const hongs = await readCode('sms');
  if (code !== hongs) {
    expect((await asHong(`${own}/contacts/phone/confirm`, { code })).status).toBe(400);
  }
  expect((await asHong(`${own}/contacts/phone/confirm`, { code: hongs })).status).toBe(200);
});

it('says so where the server has no mailer', async () => {
  const bare = await openWorld();
  const phone = bare.phone('Ming');
  await phone.follows();
  const answer = await bare.admin(`/users/${await phone.uid()}/contacts/email`, { address: EMAIL });
  expect([answer.status, answer.json]).toMatchObject([501, { error: { code: 'not_served' } }]);
  await bare.close();
});
