/** Keys: what a person gives to programs so that they reach this person, one kind for each dialect. */
import { LRUCache } from 'lru-cache';
import { keyedHash } from '#src/lib/hash.js';
import { randomHex, randomLowerText, randomText } from '#src/lib/ids.js';
import type { CoreDeps } from './deps.js';
import { AppError, notFound } from './errors.js';

/** The kinds of key, and how a new one is made. `n` is a number that makes it recognisable, not a secret. */
const KINDS = {
  sendkey: (n: number) => `SCT${n}T${randomText(30)}`,
  sendkey3: (n: number) => `sctp${n}t${randomLowerText(30)}`,
  pushplus: () => randomHex(16),
  spt: () => `SPT_${randomText(28)}`,
  bark: () => randomText(22),
  pushdeer: (n: number) => `PDU${n}T${randomText(28)}`,
  ntfy: () => `qn${randomLowerText(22)}`,
  gotify: () => `A${randomText(20)}`,
  personal: () => `QN_${randomText(32)}`,
} satisfies Record<string, (n: number) => string>;

/** A kind of key. */
export type KeyKind = keyof typeof KINDS;

/** All kinds, in the order that lists show them. */
export const KEY_KINDS = Object.keys(KINDS) as KeyKind[];

/** A key as lists show it. */
export interface MaskedKey {
  id: number;
  kind: KeyKind;
  key: string;
  createdAt: Date;
}

/** The person a key stands for. */
export interface KeyOwner {
  personId: number;
  uid: string;
  keyId: number;
}

/** How long the link to one's keys works, in milliseconds. */
const LINK_LIFE_MS = 10 * 60_000;

/** The verbs of keys. */
export type Keys = ReturnType<typeof createKeys>;

/** Makes the verbs of keys. */
export function createKeys({ db, clock, box, hashKey }: CoreDeps) {
  const owners = new LRUCache<string, KeyOwner>({ max: 10_000 });
  const hashOf = (kind: KeyKind, key: string): string => keyedHash(hashKey, `${kind}:${key}`);

  /** Makes a key. Throws bad_field for an unknown kind. */
  async function createKey(personId: number, kind: string): Promise<{ id: number; key: string }> {
    if (!isKind(kind)) {
      throw new AppError('bad_field', { field: 'kind', detail: KEY_KINDS.join(' | ') });
    }
    const number = (await db.key.count()) + 1;
    const key = KINDS[kind](number);
    const row = await db.key.create({
      data: {
        personId: BigInt(personId),
        kind,
        hash: hashOf(kind, key),
        sealed: box.seal(key),
        hint: `${key.slice(0, 6)}…${key.slice(-3)}`,
        createdAt: new Date(clock.now()),
      },
    });
    return { id: row.id, key };
  }

  /** A person's living keys, masked. */
  async function listKeys(personId: number): Promise<MaskedKey[]> {
    const rows = await db.key.findMany({
      where: { personId: BigInt(personId), revokedAt: null },
      orderBy: { id: 'asc' },
    });
    return rows.map((row) => ({
      id: row.id,
      kind: row.kind as KeyKind,
      key: row.hint,
      createdAt: row.createdAt,
    }));
  }

  /** A person's key of a kind in clear, made on the first call. */
  async function showKey(personId: number, kind: KeyKind): Promise<string> {
    const row = await db.key.findFirst({
      where: { personId: BigInt(personId), kind, revokedAt: null },
      orderBy: { id: 'desc' },
    });
    return row ? box.open(row.sealed) : (await createKey(personId, kind)).key;
  }

  /** Ends a key at once; throws not_found. */
  async function revokeKey(personId: number, id: number): Promise<void> {
    const { count } = await db.key.updateMany({
      where: { id, personId: BigInt(personId), revokedAt: null },
      data: { revokedAt: new Date(clock.now()) },
    });
    if (count === 0) {
      throw notFound('密钥 Key');
    }
    owners.clear();
  }

  /** Whom a key stands for, or null. */
  async function findOwner(kind: KeyKind, key: string): Promise<KeyOwner | null> {
    const hash = hashOf(kind, key);
    const cached = owners.get(hash);
    if (cached) {
      return cached;
    }
    const row = await db.key.findUnique({ where: { hash }, include: { person: true } });
    if (!row || row.revokedAt) {
      return null;
    }
    const owner = { personId: Number(row.personId), uid: row.person.uid, keyId: row.id };
    owners.set(hash, owner);
    return owner;
  }

  /** Makes a link code that shows this person's keys once within ten minutes. */
  async function createLink(personId: number): Promise<string> {
    const code = randomText(32);
    await db.oneTimeLink.create({
      data: {
        hash: keyedHash(hashKey, `link:${code}`),
        personId: BigInt(personId),
        expiresAt: new Date(clock.now() + LINK_LIFE_MS),
      },
    });
    return code;
  }

  /** What a link code is worth now; null when there is none like it. */
  async function findLink(code: string): Promise<'ok' | 'used' | 'expired' | null> {
    const row = await db.oneTimeLink.findUnique({ where: { hash: keyedHash(hashKey, `link:${code}`) } });
    if (!row) {
      return null;
    }
    if (row.usedAt) {
      return 'used';
    }
    return row.expiresAt.getTime() <= clock.now() ? 'expired' : 'ok';
  }

  /** Uses a link code up and returns its person, or null when it is not worth anything any more. */
  async function openLink(code: string): Promise<number | null> {
    const now = new Date(clock.now());
    const hash = keyedHash(hashKey, `link:${code}`);
    const { count } = await db.oneTimeLink.updateMany({
      where: { hash, usedAt: null, expiresAt: { gt: now } },
      data: { usedAt: now },
    });
    const row = count === 1 ? await db.oneTimeLink.findUnique({ where: { hash } }) : null;
    return row ? Number(row.personId) : null;
  }

  return { createKey, listKeys, showKey, revokeKey, findOwner, createLink, findLink, openLink };
}

function isKind(kind: string): kind is KeyKind {
  return Object.hasOwn(KINDS, kind);
}
