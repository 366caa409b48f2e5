/** Statements about contacts that wait for their code: each decides and changes in one step, so that no race helps a guesser. */
import type { Db } from './db.js';
import { commit, commitRows, read, write } from './group-commit.js';
import { both } from './sql.js';

/** What can be verified; also the name of the person's column. */
export type ContactKind = 'email' | 'phone';

/** A code that is about to be sent. Times are milliseconds since the epoch. */
export interface NewCheck {
  personId: number;
  kind: ContactKind;
  /** Sealed. */
  address: string;
  codeHash: string;
  now: number;
  expiresAt: number;
}

const BEGIN_CHECK = both(
  (
    q,
  ) => `INSERT INTO "ContactCheck" ("personId", "kind", "address", "codeHash", "tries", "sentAt", "expiresAt")
     VALUES (?, ?, ?, ?, 0, ${q.time()}, ${q.time()})
     ON CONFLICT ("personId", "kind") DO UPDATE SET "address" = excluded."address", "codeHash" = excluded."codeHash",
       "tries" = 0, "sentAt" = excluded."sentAt", "expiresAt" = excluded."expiresAt"`,
);

/** Puts a code in the place of the one before. */
export async function beginCheck(db: Db, check: NewCheck): Promise<void> {
  const { personId, kind, address, codeHash, now, expiresAt } = check;
  await commit(db, [write(BEGIN_CHECK, ...[personId, kind, address, codeHash, now, expiresAt])]);
}

/** A code that is being tried. `tries` counts this one. */
export interface TriedCheck {
  address: string;
  codeHash: string;
  tries: number;
}

const COUNT_TRY = both(
  (q) => `UPDATE "ContactCheck" SET "tries" = "tries" + 1
       WHERE "personId" = ? AND "kind" = ? AND "codeHash" <> '' AND "tries" < ? AND "expiresAt" > ${q.time()}
       RETURNING "address", "codeHash", "tries"`,
);

/** Counts a try of a living code and returns it; null where none lives: too old, tried too often, used, or never sent. */
export async function countTry(
  db: Db,
  check: { personId: number; kind: ContactKind; now: number; mostTries: number },
): Promise<TriedCheck | null> {
  const [row] = await commitRows<{ address: string; codeHash: string; tries: bigint | number }>(db, [
    read(COUNT_TRY, check.personId, check.kind, check.mostTries, check.now),
  ]);
  return row ? { ...row, tries: Number(row.tries) } : null;
}

/** Makes a tried code's address the person's own and uses the code up; false where another code has taken its place. */
export async function settleCheck(
  db: Db,
  check: { personId: number; kind: ContactKind; address: string; codeHash: string },
): Promise<boolean> {
  const { personId, kind, address, codeHash } = check;
  const [changed] = await commit(db, [
    write(
      `UPDATE "Person" SET "${kind}" = ? WHERE "id" = ?
         AND EXISTS (SELECT 1 FROM "ContactCheck" WHERE "personId" = ? AND "kind" = ? AND "codeHash" = ?)`,
      ...[address, personId, personId, kind, codeHash],
    ),
    write(
      `UPDATE "ContactCheck" SET "codeHash" = '', "address" = '' WHERE "personId" = ? AND "kind" = ? AND "codeHash" = ?`,
      ...[personId, kind, codeHash],
    ),
  ]);
  return Number(changed) > 0;
}

/** Forgets a person's contact, and the code that waits for one. */
export async function clearContact(db: Db, personId: number, kind: ContactKind): Promise<void> {
  await commit(db, [
    write(`UPDATE "Person" SET "${kind}" = '' WHERE "id" = ?`, personId),
    write(
      `UPDATE "ContactCheck" SET "codeHash" = '', "address" = '' WHERE "personId" = ? AND "kind" = ?`,
      ...[personId, kind],
    ),
  ]);
}
