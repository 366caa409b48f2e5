/** Mail consents: the server's own mailer writes to strangers only once, to ask whether they want mail of a person. */
import { equalsInConstantTime, keyedHash } from '#src/lib/hash.js';
import type { MailConsent as ConsentRow } from '#src/store/generated/client.js';
import type { CoreDeps } from './deps.js';
import { AppError, notFound } from './errors.js';
import type { Limits } from './limits.js';

/** What the owner of an address said: nothing yet, yes, or no. */
export type ConsentState = 'asked' | 'given' | 'refused';

/** A consent as the owner of the address sees it. */
export interface ConsentView {
  address: string;
  /** Who wants to write. */
  uid: string;
  state: ConsentState;
}

/** Sends the mail that asks, with the link to its page; absent where the server has no mailer. */
export type SendQuestion = (address: string, url: string) => Promise<{ ok: boolean; detail: string }>;

/** The path of the page. */
export const CONSENT_PATH = '/mail-consent';

/** Somebody who was asked and said nothing is asked again after this, if there is still mail for them. */
const ASK_AGAIN_MS = 7 * 86_400_000;

/** The verbs of consents. */
export type MailConsents = ReturnType<typeof createMailConsents>;

/** Makes the verbs. */
export function createMailConsents(deps: CoreDeps, limits: Limits, sendQuestion: SendQuestion | null) {
  const { db, clock, box, hashKey, publicUrl, log } = deps;
  const hashOf = (address: string): string => keyedHash(hashKey, `mail-consent:${address.toLowerCase()}`);
  const markOf = ({ id, addressHash }: Pick<ConsentRow, 'id' | 'addressHash'>): string =>
    keyedHash(hashKey, `mail-consent-link:${id}:${addressHash}`).slice(0, 32);

  /** Which of these addresses have not said that they want a person's mail. `own`: the person's verified address, which needs no word. */
  async function listWaiting(personId: number, addresses: readonly string[], own: string): Promise<string[]> {
    const others = addresses.filter((address) => address.toLowerCase() !== own.toLowerCase());
    if (others.length === 0) {
      return [];
    }
    const rows = await db.mailConsent.findMany({
      where: { personId: BigInt(personId), state: 'given', addressHash: { in: others.map(hashOf) } },
      select: { addressHash: true },
    });
    const given = new Set(rows.map(({ addressHash }) => addressHash));
    return others.filter((address) => !given.has(hashOf(address)));
  }

  /**
   * Asks the owners of these addresses, as far as they were not asked of late and none of them refused all such mail. What
   * keeps a question from going out is logged: the mail waits anyway, and the next one asks again.
   */
  async function ask(personId: number, addresses: readonly string[]): Promise<void> {
    for (const address of sendQuestion ? addresses : []) {
      try {
        await askOne(personId, address);
      } catch (error) {
        log.warn('nobody could be asked for a mail consent', { error, person: personId });
      }
    }
  }

  async function askOne(personId: number, address: string): Promise<void> {
    const addressHash = hashOf(address);
    const known = await db.mailConsent.findMany({ where: { addressHash } });
    const own = known.find((row) => row.personId === BigInt(personId));
    const isRecent = own !== undefined && own.askedAt.getTime() > clock.now() - ASK_AGAIN_MS;
    if (isRecent || known.some(({ state }) => state === 'refused')) {
      return;
    }
    await limits.take('mail-question', { personId, targets: [address] });
    const id = { personId: BigInt(personId), addressHash };
    const askedAt = new Date(clock.now());
    const row = await db.mailConsent.upsert({
      where: { personId_addressHash: id },
      create: { ...id, address: box.seal(address), state: 'asked', askedAt },
      update: { askedAt },
    });
    const sent = await sendQuestion?.(address, `${publicUrl}${CONSENT_PATH}/${row.id}-${markOf(row)}`);
    if (!sent?.ok) {
      // Another try may ask at once: this one never went out.
      await db.mailConsent.update({ where: { id: row.id }, data: { askedAt: new Date(0) } });
      throw new AppError('code_not_sent', { detail: sent?.detail ?? '' });
    }
  }

  /** What a link of such a mail is about. Throws not_found. */
  async function findByLink(code: string): Promise<ConsentView> {
    const { row, uid } = await getRow(code);
    return { address: box.open(row.address), uid, state: toState(row.state) };
  }

  /** Notes what the owner of the address said; they may change their mind. Throws not_found. */
  async function decide(code: string, state: 'given' | 'refused'): Promise<ConsentView> {
    const { row, uid } = await getRow(code);
    await db.mailConsent.update({ where: { id: row.id }, data: { state, decidedAt: new Date(clock.now()) } });
    deps.wake();
    return { address: box.open(row.address), uid, state };
  }

  async function getRow(code: string): Promise<{ row: ConsentRow; uid: string }> {
    const [, id = '', mark = ''] = /^(\d{1,9})-([0-9a-f]{32})$/.exec(code) ?? [];
    const row =
      id === ''
        ? null
        : await db.mailConsent.findUnique({ where: { id: Number(id) }, include: { person: true } });
    if (!row || !equalsInConstantTime(markOf(row), mark)) {
      throw notFound('确认链接 Link');
    }
    return { row, uid: row.person.uid };
  }

  return { listWaiting, ask, findByLink, decide };
}

function toState(stored: string): ConsentState {
  return stored === 'given' || stored === 'refused' ? stored : 'asked';
}
