/** Keeps docs/dialects.md true: its tables are those of this build, and a message really passes through every cell. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DialectTraits } from '#src/dialects/dialect.js';
import { type Facts, partsOf, reaches, replaceTables } from '../../docs/tables.js';
import { DOORS } from './doors.js';
import { readFacts } from './facts.js';
import { MARKED, readMarks } from './measure.js';
import { type Outside, openOutside } from './outside.js';

const document = readFileSync(fileURLToPath(new URL('../../docs/dialects.md', import.meta.url)), 'utf8');

let outside: Outside;
let facts: Facts;
beforeAll(async () => {
  outside = await openOutside();
  facts = await readFacts(outside);
});
afterAll(() => outside.close());

it('has the tables of this build (else: npm run docs)', () => {
  expect(replaceTables(document, facts)).toBe(document);
});

it('knows how to knock at every door', () => {
  expect(Object.keys(DOORS).sort()).toEqual(facts.dialects.map(({ name }) => name).sort());
});

describe.each(Object.keys(DOORS))('%s', (name) => {
  it('reaches every channel of its column, with the parts of the message that each cell names', async () => {
    const { w, receivers } = outside;
    const traits: DialectTraits = facts.dialects.find((dialect) => dialect.name === name)?.traits ?? {
      features: [],
    };
    const door = DOORS[name];
    const reached: string[] = [];
    for (const receiver of receivers.filter(({ kind }) => reaches(traits, kind))) {
      // Windows of the robots count by the clock.
      w.clock.advance(61_000);
      const before = (await receiver.arrived()).length;
      const answer = await door?.(w, receiver, MARKED);
      await w.drain();
      const arrived = await receiver.arrived();
      expect([receiver.kind, arrived.length], answer?.text).toEqual([receiver.kind, before + 1]);
      const promised = facts.showing[receiver.kind];
      const seen = promised && { ...readMarks(arrived[0] ?? ''), urgent: promised.urgent };
      const partsIn = (showing = promised) => showing && partsOf(traits, receiver.kind, showing);
      expect([receiver.kind, partsIn(seen)]).toEqual([receiver.kind, partsIn()]);
      reached.push(receiver.kind);
    }
    expect(reached).toEqual(traits.onlyBy ?? receivers.map(({ kind }) => kind));
  });
});
