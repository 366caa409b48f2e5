/** Keys: what a person gives to programs so that they reach this person, one kind for each dialect. */
import { LRUCache } from 'lru-cache';
import { atMost } from '#src/lib/cache-size.js';
import { keyedHash } from '#src/lib/hash.js';
import { randomHex, randomLowerText, randomText } from '#src/lib/ids.js';
import type { CoreDeps } from './deps.js';
import { AppError, notFound } from './errors.js';
import { createKeyLinks } from './key-links.js';
import { rememberMs } from './remember.js';

/** The kinds of key, and how a new one is made. `n` is a number that makes it recognisable, not a secret. */
const KINDS = {
  sendkey: (n: number) => `SCT${n}T${randomText(30)}`,
  sendkey3: (n: number) => `sctp${n}t${randomLowerText(30)}`,
  pushplus: () => randomHex(16),
  spt: () => `SPT_${randomText(28)}`,
  bark: () => randomText(22),
  pushdeer: (n: number) => `PDU${n}T${randomText(28)}`,
  ntfy: () => `qn${randomLowerText(22)}`,
  // As long as gotify's were until its third release: some senders check that before they ask.
  gotify: () => `A${randomText(14)}`,
  personal: () => `QN_${randomText(32)}`,
  /** Made by the program itself, for a while (see open-access). */
  access: () => randomHex(16),
} satisfies Record<string, (n: number) => string>;

/** A kind of key. */
export type KeyKind = keyof typeof KINDS;

/** A kind that people make and see. */
export type OwnKeyKind = Exclude<KeyKind, 'access'>;

/** Those kinds, in the order that lists show them. */
export const KEY_KINDS = (Object.keys(KINDS) as KeyKind[]).filter(
  (kind): kind is OwnKeyKind => kind !== 'access',
);

/** What else a key may be made with. */
export interface KeyTraits {
  /** Its owner's word for it. A key without a name is the person's main one of its kind. */
  name?: string;
  /** From then on it is no key any more; null: never. */
  expiresAt?: Date | null;
}

/** A key as lists show it. */
export interface MaskedKey extends Required<KeyTraits> {
  id: number;
  kind: OwnKeyKind;
  key: string;
  createdAt: Date;
}

/** A named key in clear, for its owner. */
export interface NamedKey extends Required<KeyTraits> {
  id: number;
  key: string;
}

/** The person a key stands for. */
export interface KeyOwner {
  personId: number;
  uid: string;
  keyId: number;
  /** The key's name; empty for the person's main key. */
  name: string;
}

/** Which keys a change is for. */
type KeyWhere = ReturnType<typeof ofPerson> & { kind?: KeyKind; name?: { not: string } };

/** The most characters of a key's name. */
const MAX_NAME = 64;

/** The verbs of keys. */
export type Keys = ReturnType<typeof createKeys>;

/** Makes the verbs of keys. */
export function createKeys(deps: CoreDeps) {
  const { db, clock, box, hashKey } = deps;
  const owners = new LRUCache<string, { owner: KeyOwner; expiresAt: number }>({
    ...atMost(10_000),
    ttl: rememberMs(db),
  });
  const hashOf = (kind: KeyKind, key: string): string => keyedHash(hashKey, `${kind}:${key}`);

  /** Makes a key. Throws bad_field for an unknown kind, field_too_long for a long name. */
  async function createKey(
    personId: number,
    kind: string,
    traits: KeyTraits = {},
  ): Promise<{ id: number; key: string }> {
    if (!isKind(kind)) {
      throw new AppError('bad_field', { field: 'kind', detail: KEY_KINDS.join(' | ') });
    }
    checkName(traits.name);
    const number = (await db.key.count()) + 1;
    const key = KINDS[kind](number);
    const row = await db.key.create({
      data: {
        personId: BigInt(personId),
        kind,
        hash: hashOf(kind, key),
        sealed: box.seal(key),
        hint: `${key.slice(0, 6)}…${key.slice(-3)}`,
        name: traits.name ?? '',
        createdAt: new Date(clock.now()),
        expiresAt: traits.expiresAt ?? null,
      },
    });
    return { id: row.id, key };
  }

  /** A person's living keys, masked. */
  async function listKeys(personId: number): Promise<MaskedKey[]> {
    const rows = await db.key.findMany({
      where: { personId: BigInt(personId), revokedAt: null, kind: { in: KEY_KINDS } },
      orderBy: { id: 'asc' },
    });
    return rows.map((row) => ({
      id: row.id,
      kind: row.kind as OwnKeyKind,
      key: row.hint,
      name: row.name,
      createdAt: row.createdAt,
      expiresAt: row.expiresAt,
    }));
  }

  /** A page of a person's named keys of a kind in clear, newest first; expired ones stay until they are revoked. */
  async function listNamedKeys(personId: number, kind: KeyKind, page: { skip: number; take: number }) {
    const where = { personId: BigInt(personId), kind, revokedAt: null, name: { not: '' } };
    const [total, rows] = await Promise.all([
      db.key.count({ where }),
      db.key.findMany({ where, orderBy: { id: 'desc' }, ...page }),
    ]);
    const items = rows.map(
      ({ id, name, sealed, expiresAt }): NamedKey => ({ id, name, key: box.open(sealed), expiresAt }),
    );
    return { total, items };
  }

  /** A person's main key of a kind in clear, made on the first call. */
  async function showKey(personId: number, kind: KeyKind): Promise<string> {
    const row = await db.key.findFirst({
      where: { personId: BigInt(personId), kind, revokedAt: null, name: '', expiresAt: null },
      orderBy: { id: 'desc' },
    });
    return row ? box.open(row.sealed) : (await createKey(personId, kind)).key;
  }

  /** Changes what is given of a named key of a kind. Throws not_found, field_too_long. */
  async function updateNamedKey(
    personId: number,
    key: { kind: KeyKind; id: number },
    traits: KeyTraits,
  ): Promise<void> {
    checkName(traits.name);
    await change({ ...ofPerson(personId, key.id), kind: key.kind, name: { not: '' } }, traits);
  }

  /** Ends a key at once; throws not_found. */
  async function revokeKey(personId: number, id: number): Promise<void> {
    await change(ofPerson(personId, id), { revokedAt: new Date(clock.now()) });
  }

  /** Ends a named key of a kind at once; throws not_found. */
  async function revokeNamedKey(personId: number, key: { kind: KeyKind; id: number }): Promise<void> {
    const where = { ...ofPerson(personId, key.id), kind: key.kind, name: { not: '' } };
    await change(where, { revokedAt: new Date(clock.now()) });
  }

  /** Lets a person's keys of a kind live until then at most; those whose time has passed are forgotten. */
  async function endKeys(personId: number, kind: KeyKind, at: Date): Promise<void> {
    const where = { personId: BigInt(personId), kind };
    await db.key.deleteMany({ where: { ...where, expiresAt: { lte: new Date(clock.now()) } } });
    await db.key.updateMany({
      where: { ...where, OR: [{ expiresAt: null }, { expiresAt: { gt: at } }] },
      data: { expiresAt: at },
    });
    owners.clear();
  }

  async function change(where: KeyWhere, data: KeyTraits & { revokedAt?: Date }): Promise<void> {
    const { count } = await db.key.updateMany({ where: { ...where, revokedAt: null }, data });
    if (count === 0) {
      throw notFound('密钥 Key');
    }
    owners.clear();
  }

  /** Whom a key stands for, or null. */
  async function findOwner(kind: KeyKind, key: string): Promise<KeyOwner | null> {
    const hash = hashOf(kind, key);
    const found = owners.get(hash) ?? (await readOwner(hash));
    return found && found.expiresAt > clock.now() ? found.owner : null;
  }

  async function readOwner(hash: string) {
    const row = await db.key.findUnique({ where: { hash }, include: { person: true } });
    if (!row || row.revokedAt) {
      return null;
    }
    const { personId, person, id, name } = row;
    const owner = { personId: Number(personId), uid: person.uid, keyId: id, name };
    const found = { owner, expiresAt: row.expiresAt?.getTime() ?? Number.POSITIVE_INFINITY };
    owners.set(hash, found);
    return found;
  }

  return {
    createKey,
    listKeys,
    listNamedKeys,
    showKey,
    updateNamedKey,
    revokeKey,
    revokeNamedKey,
    endKeys,
    findOwner,
    ...createKeyLinks(deps),
  };
}

function ofPerson(personId: number, id: number) {
  // Numbers of rows are positive and have 32 bits; the database refuses others.
  return { personId: BigInt(personId), id: Number.isInteger(id) && id < 2 ** 31 ? id : 0 };
}

function checkName(name = ''): void {
  if ([...name].length > MAX_NAME) {
    throw new AppError('field_too_long', { field: 'name', limit: MAX_NAME });
  }
}

function isKind(kind: string): kind is KeyKind {
  return Object.hasOwn(KINDS, kind);
}
