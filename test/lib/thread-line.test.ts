/** A line of work in a thread: in turn, bounded, and rid of what gets stuck or breaks. */
import { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';
import { createThreadLine, limitsOf, type ThreadLineOptions } from '#src/lib/thread-line.js';

/** A thread that answers, hangs, throws, fails or takes all memory, as it is told. */
const CODE = `
  const { parentPort, threadId } = require('node:worker_threads');
  parentPort.on('message', (job) => {
    if (job === 'hang') { for (;;) {} }
    if (job === 'throw') { throw new Error('x'); }
    if (job === 'eat') { const all = []; for (;;) { all.push(new Array(100000).fill({})); } }
    parentPort.postMessage(job === 'fail' ? null : { job, threadId });
  });
`;

interface Done {
  job: string;
  threadId: number;
}

function openLine(options: Partial<ThreadLineOptions> = {}) {
  const all = { program: '', maxWaiting: 10, timeoutMs: 60_000, maxMemoryMb: 16, ...options };
  return createThreadLine<string, Done>(
    all,
    ({ maxMemoryMb }) => new Worker(CODE, { eval: true, resourceLimits: limitsOf(maxMemoryMb) }),
  );
}

const troubleOf = (done: Promise<unknown>): Promise<unknown> =>
  done.then(
    () => null,
    (error: { trouble?: unknown }) => error.trouble,
  );

it('does jobs one after the other, in one thread', async () => {
  const line = openLine();
  const done = await Promise.all(['a', 'b', 'c'].map((job) => line.run(job)));
  expect(done.map(({ job }) => job)).toEqual(['a', 'b', 'c']);
  expect(new Set(done.map(({ threadId }) => threadId)).size).toBe(1);
});

it('ends a job that hangs, and does those behind it in a new thread', async () => {
  const line = openLine({ timeoutMs: 500 });
  const before = await line.run('a');
  const [stuck, after] = await Promise.all([troubleOf(line.run('hang')), line.run('b')]);
  expect(stuck).toBe('stuck');
  expect(after.job).toBe('b');
  expect(after.threadId).not.toBe(before.threadId);
});

it.each(['throw', 'eat'])('outlives a job that makes it %s', async (job) => {
  const line = openLine();
  const [broken, after] = await Promise.all([troubleOf(line.run(job)), line.run('b')]);
  expect(broken).toBe('broken');
  expect(after.job).toBe('b');
});

it('tells a job that failed, and keeps its thread', async () => {
  const line = openLine();
  const [failed, after] = await Promise.all([troubleOf(line.run('fail')), line.run('b')]);
  expect([failed, after.job]).toEqual(['broken', 'b']);
});

it('refuses what would wait behind too many', async () => {
  const line = openLine({ maxWaiting: 2 });
  const jobs = ['a', 'b', 'c', 'd', 'e'].map((job) => line.run(job));
  expect(await Promise.all(jobs.map(troubleOf))).toEqual([null, null, null, 'busy', 'busy']);
  expect((await line.run('f')).job).toBe('f');
});
