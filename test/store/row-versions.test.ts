/** Which statements may change what was remembered of a table. */
import { expect, it } from 'vitest';
import { createRowVersions } from '#src/store/row-versions.js';

it.each([
  ['INSERT INTO "Subscription" ("id") VALUES (1)', true],
  ['UPDATE `main`.`Subscription` SET `blocked` = 1', true],
  ['WITH gone AS (SELECT 1) DELETE FROM "Subscription"', true],
  ['  delete from "App" where "id" = 1', true],
  ['DELETE FROM `main`.`Person` WHERE 1', true],
  ['UPDATE "Person" SET "points" = 1', false],
  ['SELECT * FROM "Subscription"', false],
  ['INSERT INTO "Message" ("id") VALUES (1)', false],
  ['BEGIN IMMEDIATE', false],
])('%s: %s', (sql, isChange) => {
  const versions = createRowVersions();
  const before = versions.versionOf('Subscription');
  versions.note(sql);
  versions.note(sql);
  expect(versions.versionOf('Subscription') - before).toBe(isChange ? 2 : 0);
});
