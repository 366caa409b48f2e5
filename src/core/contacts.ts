/** Contacts: the e-mail address and the phone number that a person has proved to be theirs. */
import { equalsInConstantTime, keyedHash } from '#src/lib/hash.js';
import { randomDigits } from '#src/lib/ids.js';
import { isMailAddress } from '#src/lib/mail-address.js';
import { barePhone, isPhone } from '#src/lib/phone-number.js';
import { beginCheck, type ContactKind, clearContact, countTry, settleCheck } from '#src/store/contacts.js';
import type { CoreDeps } from './deps.js';
import { AppError, notFound } from './errors.js';
import type { Limits } from './limits.js';
import type { SendQuestion } from './mail-consents.js';

export type { ContactKind } from '#src/store/contacts.js';

/** All kinds of contact. */
export const CONTACT_KINDS = ['email', 'phone'] as const satisfies readonly ContactKind[];

/** A person's verified contacts; null where there is none. */
export interface ContactsView {
  email: string | null;
  phone: string | null;
}

/** What the outside does for contacts. */
export interface ContactOutside {
  /** The kinds that this server can send a code to. */
  kinds: readonly ContactKind[];
  /** Sends a code at once. */
  sendCode(kind: ContactKind, address: string, code: string): Promise<{ ok: boolean; detail: string }>;
  /** Asks the owner of an address whether they want mail of somebody; null where there is no mailer. */
  sendQuestion: SendQuestion | null;
}

/** The verbs of contacts. */
export type Contacts = ReturnType<typeof createContacts>;

const MINUTE_MS = 60_000;
/** How long a code works. */
const CODE_LIFE_MS = 10 * MINUTE_MS;
const CODE_LENGTH = 6;
const MOST_TRIES = 5;

/** How texts for people name a kind. */
const WORDS: Readonly<Record<ContactKind, { service: string; wrong: string }>> = {
  email: { service: '邮件 Mail', wrong: '不是邮箱地址 not a mail address' },
  phone: { service: '短信 SMS', wrong: '不是中国大陆手机号 not a mainland mobile number' },
};

/** Makes the verbs of contacts. */
export function createContacts(deps: CoreDeps, outside: ContactOutside, limits: Limits) {
  const { db, clock, box, hashKey } = deps;
  // The address is part of what is hashed: a code proves the address it was sent to and no other.
  const hashOf = (personId: number, kind: ContactKind, address: string, code: string): string =>
    keyedHash(hashKey, `contact:${personId}:${kind}:${address}:${code}`);

  /**
   * Sends a code to an address that a person says is theirs; it works for ten minutes and takes the place of the one
   * before. Throws bad_field, not_served, limit_reached, code_not_sent.
   */
  async function begin(personId: number, kind: ContactKind, given: string): Promise<{ expiresAt: Date }> {
    const address = readAddress(kind, given);
    if (!outside.kinds.includes(kind)) {
      throw new AppError('not_served', { what: WORDS[kind].service });
    }
    await limits.take('contact-code', { personId, targets: [address] });
    const code = randomDigits(CODE_LENGTH);
    const now = clock.now();
    const expiresAt = now + CODE_LIFE_MS;
    await beginCheck(db, {
      personId,
      kind,
      address: box.seal(address),
      codeHash: hashOf(personId, kind, address, code),
      now,
      expiresAt,
    });
    const sent = await outside.sendCode(kind, address, code);
    if (!sent.ok) {
      throw new AppError('code_not_sent', { detail: sent.detail });
    }
    return { expiresAt: new Date(expiresAt) };
  }

  /**
   * Makes the address that waits for this code the person's own. Throws expired where no code lives, and bad_field for a
   * wrong one: the fifth ends the code.
   */
  async function confirm(personId: number, kind: ContactKind, code: string): Promise<ContactsView> {
    const tried = await countTry(db, { personId, kind, now: clock.now(), mostTries: MOST_TRIES });
    if (!tried) {
      throw new AppError('expired', { what: '验证码 Code' });
    }
    const address = box.open(tried.address);
    if (!equalsInConstantTime(tried.codeHash, hashOf(personId, kind, address, code.trim()))) {
      const left = MOST_TRIES - tried.tries;
      throw new AppError('bad_field', {
        field: 'code',
        detail: `验证码不对，还可以试 ${left} 次 wrong; ${left} tries left`,
      });
    }
    if (!(await settleCheck(db, { personId, kind, codeHash: tried.codeHash, address: box.seal(address) }))) {
      throw new AppError('expired', { what: '验证码 Code' });
    }
    return find(personId);
  }

  /** A person's verified contacts. Throws not_found. */
  async function find(personId: number): Promise<ContactsView> {
    const row = await db.person.findUnique({
      where: { id: BigInt(personId) },
      select: { email: true, phone: true },
    });
    if (!row) {
      throw notFound('用户 User');
    }
    const open = (sealed: string): string | null => (sealed === '' ? null : box.open(sealed));
    return { email: open(row.email), phone: open(row.phone) };
  }

  /** Whether a person has proved an address of this kind to be theirs. */
  async function hasContact(personId: number, kind: ContactKind): Promise<boolean> {
    return (await db.person.count({ where: { id: BigInt(personId), [kind]: { not: '' } } })) > 0;
  }

  /** Forgets a person's contact. Throws not_found where there is none. */
  async function remove(personId: number, kind: ContactKind): Promise<void> {
    const known = await find(personId);
    if (known[kind] === null) {
      throw notFound('联系方式 Contact');
    }
    await clearContact(db, personId, kind);
  }

  return { begin, confirm, find, hasContact, remove };
}

/** Which contact a kind of channel sends to where its settings name nobody. */
export const CONTACT_OF: Readonly<Record<string, ContactKind | undefined>> = { mail: 'email', sms: 'phone' };

/** The verified contact that a kind of channel sends to; empty where there is none. */
export async function readContact(
  { db, box }: Pick<CoreDeps, 'db' | 'box'>,
  personId: number,
  channel: string,
): Promise<string> {
  const kind = CONTACT_OF[channel];
  const row = kind ? await db.person.findUnique({ where: { id: BigInt(personId) } }) : null;
  const sealed = kind && row ? row[kind] : '';
  return sealed === '' ? '' : box.open(sealed);
}

/** The address in the form that is kept. Throws bad_field. */
function readAddress(kind: ContactKind, given: string): string {
  const address = kind === 'phone' ? barePhone(given) : given.trim();
  if (kind === 'phone' ? !isPhone(address) : !isMailAddress(address)) {
    throw new AppError('bad_field', { field: 'address', detail: WORDS[kind].wrong });
  }
  return address;
}
