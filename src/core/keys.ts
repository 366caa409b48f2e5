/** Keys: what a person gives to programs so that they reach this person, one kind for each dialect. */
import { LRUCache } from 'lru-cache';
import { atMost } from '#src/lib/cache-size.js';
import { keyedHash } from '#src/lib/hash.js';
import type { CoreDeps } from './deps.js';
import type { Disabled } from './disabled.js';
import { AppError, notFound } from './errors.js';
import { createKeyEndings, type KeyMaker } from './key-endings.js';
import { isKind, KEY_KINDS, type KeyKind, makeKey, type OwnKeyKind } from './key-kinds.js';
import { createKeyLinks } from './key-links.js';
import type { Limits } from './limits.js';
import { rememberMs } from './remember.js';
import { readScopes, TOKEN_SCOPES, type TokenScope, writeScopes } from './token-scopes.js';

/** What else a key may be made with, and what may be changed of it. */
export interface KeyTraits {
  /** Its owner's word for it. A key without a name is the person's main one of its kind. */
  name?: string;
  /** From then on it is no key any more; null: never. */
  expiresAt?: Date | null;
}

/** What a key is made with. */
export interface NewKeyTraits extends KeyTraits {
  /** What a personal token may do; everything unless told. */
  scopes?: readonly TokenScope[];
  by?: KeyMaker;
}

/** A key as lists show it. */
export interface MaskedKey extends Required<KeyTraits> {
  id: number;
  kind: OwnKeyKind;
  key: string;
  createdAt: Date;
  /** What a personal token may do; null for other kinds. */
  scopes: TokenScope[] | null;
  /** When a personal token was last seen, to the hour; null: never, or not noted. */
  usedAt: Date | null;
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
  scopes: readonly TokenScope[];
  sessionId: number | null;
  /** When it ends; null: never. */
  expiresAt: Date | null;
}

/** Which keys a change is for. */
type KeyWhere = ReturnType<typeof ofPerson> & { kind?: KeyKind; name?: { not: string } };

/** The most characters of a key's name. */
const MAX_NAME = 64;

/** The verbs of keys. */
export type Keys = ReturnType<typeof createKeys>;

/** Makes the verbs of keys. */
export function createKeys(
  deps: CoreDeps,
  { disabled, limits }: { disabled: Pick<Disabled, 'checkPerson'>; limits: Limits },
) {
  const { db, clock, box, hashKey } = deps;
  const owners = new LRUCache<string, KeyOwner>({ ...atMost(10_000), ttl: rememberMs(db) });
  const endings = createKeyEndings(deps, () => owners.clear());
  const hashOf = (kind: KeyKind, key: string): string => keyedHash(hashKey, `${kind}:${key}`);

  /**
   * Makes a key. Throws bad_field for an unknown kind, field_too_long for a long name, unauthorized where its maker is signed
   * out meanwhile, limit_reached, limit_full.
   */
  async function createKey(
    personId: number,
    kind: string,
    traits: NewKeyTraits = {},
  ): Promise<{ id: number; key: string }> {
    if (!isKind(kind)) {
      throw new AppError('bad_field', { field: 'kind', detail: KEY_KINDS.join(' | ') });
    }
    checkName(traits.name);
    const number = (await db.key.count()) + 1;
    const key = makeKey(kind, number);
    const make = () =>
      db.key.create({
        data: {
          personId: BigInt(personId),
          kind,
          hash: hashOf(kind, key),
          sealed: box.seal(key),
          hint: `${key.slice(0, 6)}…${key.slice(-3)}`,
          name: traits.name ?? '',
          createdAt: new Date(clock.now()),
          expiresAt: traits.expiresAt ?? null,
          scopes: kind === 'personal' ? writeScopes(traits.scopes ?? TOKEN_SCOPES) : '',
          sessionId: traits.by?.sessionId ?? null,
        },
      });
    const row = await (kind === 'access' ? makeAccess : makeCounted)(personId, make);
    // Signing out ends the maker first and then what was made: one of the two sees the other.
    if (traits.by && !(await endings.isIn(traits.by))) {
      await db.key.delete({ where: { id: row.id } });
      throw new AppError('unauthorized');
    }
    return { id: row.id, key };
  }

  /** Programs make their own keys, for hours: many of a person may be there, but not without end. */
  async function makeAccess<T>(personId: number, make: () => Promise<T>): Promise<T> {
    await limits.take('access-key', { personId });
    return make();
  }

  /** Makes a key unless its person has enough; programs' own keys, which end within hours, are not counted. */
  async function makeCounted<T extends { id: number }>(personId: number, make: () => Promise<T>): Promise<T> {
    await limits.take('key', { personId });
    const living = {
      ...{ revokedAt: null, kind: { not: 'access' } },
      OR: [{ expiresAt: null }, { expiresAt: { gt: new Date(clock.now()) } }],
    };
    return limits.makeOne('key', {
      count: (who) =>
        db.key.count({ where: { ...living, ...(who === 'person' ? { personId: BigInt(personId) } : {}) } }),
      make,
      undo: ({ id }) => db.key.delete({ where: { id } }),
    });
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
      scopes: row.kind === 'personal' ? readScopes(row.scopes) : null,
      usedAt: row.usedAt,
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
  async function showKey(personId: number, kind: KeyKind, by?: KeyMaker): Promise<string> {
    const row = await db.key.findFirst({
      where: { personId: BigInt(personId), kind, revokedAt: null, name: '', expiresAt: null },
      orderBy: { id: 'desc' },
    });
    return row ? box.open(row.sealed) : (await createKey(personId, kind, { ...(by && { by }) })).key;
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

  /** Whom a key stands for, or null. Throws developer_disabled where that is a disabled developer. */
  async function findOwner(kind: KeyKind, key: string): Promise<KeyOwner | null> {
    const hash = hashOf(kind, key);
    const found = owners.get(hash) ?? (await readOwner(hash));
    if (!found || (found.expiresAt?.getTime() ?? Number.POSITIVE_INFINITY) <= clock.now()) {
      return null;
    }
    await disabled.checkPerson(found.personId);
    return found;
  }

  async function readOwner(hash: string): Promise<KeyOwner | null> {
    const row = await db.key.findUnique({ where: { hash }, include: { person: true } });
    if (!row || row.revokedAt) {
      return null;
    }
    const { personId, person, id, name, sessionId, expiresAt } = row;
    const scopes = readScopes(row.scopes);
    const owner = {
      ...{ personId: Number(personId), uid: person.uid, keyId: id },
      ...{ name, scopes, sessionId, expiresAt },
    };
    owners.set(hash, owner);
    return owner;
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
    /** Drops what this process remembers of keys. */
    forgetKeys: () => owners.clear(),
    ...createKeyLinks(deps),
    ...endings,
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
