import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createTurns } from '#src/lib/turns.js';

it('works one after the other, in order, and goes on after a failure', async () => {
  const inTurn = createTurns();
  const seen: string[] = [];
  const work = (name: string, ms: number) => async (): Promise<string> => {
    seen.push(`${name} begins`);
    await sleep(ms);
    seen.push(`${name} ends`);
    return name;
  };
  const failing = inTurn(async () => {
    throw new Error('no');
  });
  const both = Promise.all([inTurn(work('a', 20)), inTurn(work('b', 0))]);
  await expect(failing).rejects.toThrow('no');
  expect(await both).toEqual(['a', 'b']);
  expect(seen).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
});
