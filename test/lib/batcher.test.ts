/** Which calls share a run, what each gets back, and what a failing run does to its neighbours. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { BatcherClosedError, createBatcher } from '#src/lib/batcher.js';

/** A run that the test ends by hand. */
function openGate() {
  const runs: { items: number[]; finish: () => void }[] = [];
  const run = (items: number[]) =>
    new Promise<number[]>((resolve) => {
      runs.push({ items, finish: () => resolve(items.map((item) => item * 10)) });
    });
  return { runs, run, seen: () => runs.map(({ items }) => items) };
}

describe('sharing', () => {
  it('puts all calls of one turn into one run, results by position', async () => {
    const seen: number[][] = [];
    const times10 = createBatcher<number, number>({
      run: async (items) => {
        seen.push(items);
        return items.map((item) => item * 10);
      },
      maxItems: 100,
    });
    expect(await Promise.all([1, 2, 3].map(times10))).toEqual([10, 20, 30]);
    expect(seen).toEqual([[1, 2, 3]]);
  });

  it('keeps calls that arrive during a run for the next one', async () => {
    const gate = openGate();
    const times10 = createBatcher({ run: gate.run, maxItems: 100 });
    const first = times10(1);
    await nextTurn();
    const later = [times10(2), times10(3)];
    await nextTurn();
    expect(gate.seen()).toEqual([[1]]);
    gate.runs[0]?.finish();
    expect(await first).toBe(10);
    await nextTurn();
    expect(gate.seen()).toEqual([[1], [2, 3]]);
    gate.runs[1]?.finish();
    expect(await Promise.all(later)).toEqual([20, 30]);
  });

  it('starts at once where enough wait, and gathers the rest meanwhile', async () => {
    const gate = openGate();
    const times10 = createBatcher({ run: gate.run, maxItems: 100, eagerAt: 2 });
    const all = [1, 2, 3].map(times10);
    expect(gate.seen()).toEqual([[1, 2]]);
    gate.runs[0]?.finish();
    expect(await Promise.all(all.slice(0, 2))).toEqual([10, 20]);
    await nextTurn();
    expect(gate.seen()).toEqual([[1, 2], [3]]);
    gate.runs[1]?.finish();
    expect(await all[2]).toBe(30);
  });

  it('gives a run at most maxItems, in order', async () => {
    const seen: number[][] = [];
    const echo = createBatcher<number, number>({
      run: async (items) => {
        seen.push(items);
        return items;
      },
      maxItems: 2,
    });
    expect(await Promise.all([1, 2, 3, 4, 5].map(echo))).toEqual([1, 2, 3, 4, 5]);
    expect(seen).toEqual([[1, 2], [3, 4], [5]]);
  });

  it('runs as many at once as maxConcurrent allows', async () => {
    const gate = openGate();
    const times10 = createBatcher({ run: gate.run, maxItems: 1, maxConcurrent: 2 });
    const all = [1, 2, 3].map(times10);
    await nextTurn();
    expect(gate.seen()).toEqual([[1], [2]]);
    gate.runs[1]?.finish();
    await all[1];
    await nextTurn();
    expect(gate.seen()).toEqual([[1], [2], [3]]);
    gate.runs[0]?.finish();
    gate.runs[2]?.finish();
    expect(await Promise.all(all)).toEqual([10, 20, 30]);
  });

  it('refuses sizes that could never run', () => {
    const run = async (items: number[]) => items;
    expect(() => createBatcher({ run, maxItems: 0 })).toThrow(RangeError);
    expect(() => createBatcher({ run, maxItems: Number.NaN })).toThrow(RangeError);
    expect(() => createBatcher({ run, maxItems: 1, maxConcurrent: 0 })).toThrow(RangeError);
  });
});

describe('failures', () => {
  const refuse13 = async (items: number[]) => {
    if (items.includes(13)) {
      throw new Error('no 13');
    }
    return items;
  };

  it('rejects all calls of a run that throws, and goes on with the next', async () => {
    const echo = createBatcher({ run: refuse13, maxItems: 10 });
    const settled = await Promise.allSettled([1, 13].map(echo));
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await echo(2)).toBe(2);
  });

  it('fails only the bad item when failures are isolated', async () => {
    const echo = createBatcher({ run: refuse13, maxItems: 10, isolates: () => true });
    const settled = await Promise.allSettled([1, 2, 13, 4, 5].map(echo));
    expect(settled.map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'rejected',
      'fulfilled',
      'fulfilled',
    ]);
    expect(settled[2]).toMatchObject({ reason: { message: 'no 13' } });
  });

  it('rejects when the results are fewer than the items', async () => {
    const short = createBatcher({ run: async (items: number[]) => items.slice(1), maxItems: 10 });
    await expect(Promise.all([1, 2].map(short))).rejects.toThrow('1 results for 2 items');
  });

  it('rejects when run throws before it returns a promise', async () => {
    const broken = createBatcher<number, number>({
      run: () => {
        throw new Error('at once');
      },
      maxItems: 10,
    });
    await expect(broken(1)).rejects.toThrow('at once');
  });
});

describe('ending', () => {
  it('is idle at once when nothing was asked', async () => {
    await createBatcher({ run: async (items: number[]) => items, maxItems: 1 }).idle();
  });

  it('becomes idle when the last waiting call is settled', async () => {
    const done: number[] = [];
    const keep = createBatcher({
      run: async (items: number[]) => {
        await nextTurn();
        done.push(...items);
        return items;
      },
      maxItems: 1,
    });
    void keep(1);
    void keep(2);
    await keep.idle();
    expect(done).toEqual([1, 2]);
  });

  it('settles what it accepted and refuses the rest after close', async () => {
    const echo = createBatcher({ run: async (items: number[]) => items, maxItems: 10 });
    const accepted = echo(1);
    const closed = echo.close();
    await expect(echo(2)).rejects.toThrow(BatcherClosedError);
    await closed;
    expect(await accepted).toBe(1);
  });
});
