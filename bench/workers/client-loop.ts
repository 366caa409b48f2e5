/** Worker: the ceiling of delivery: the server's own HTTP client in a loop, with its concurrency and without a database. */
import { readFileSync } from 'node:fs';
import { Agent } from 'undici';
import { exchange } from '#src/lib/http-exchange.js';
import { answer, readInput } from './answer.js';

/** What to send and where. */
export interface LoopInput {
  url: string;
  path: string;
  concurrency: number;
  count: number;
  /** A file with a JSON list of bodies to send in turn; `{n}` becomes the number of the call. */
  bodiesFile: string;
  /** What a good answer holds. */
  expect: string;
}

/** What came of it. */
export interface LoopResult {
  perSecond: number;
  cpuSeconds: number;
  errors: number;
  problem: string | null;
}

const input = readInput<LoopInput>();
const bodies = JSON.parse(readFileSync(input.bodiesFile, 'utf8')) as string[];
const agent = new Agent({ connections: 256, keepAliveTimeout: 15_000 });
let next = 0;
let errors = 0;
let problem: string | null = null;

async function lane(until: number): Promise<void> {
  while (next < until) {
    const at = next;
    next += 1;
    const body = (bodies[at % bodies.length] ?? '').replaceAll('{n}', String(at));
    const answered = await exchange(agent, {
      origin: input.url,
      path: input.path,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      timeoutMs: 30_000,
      maxBytes: 1_048_576,
    });
    const text = answered.body.toString('utf8');
    const isGood = answered.status < 300 && text.includes(input.expect);
    errors += isGood ? 0 : 1;
    problem ??= isGood ? null : text.slice(0, 500);
  }
}

async function run(count: number): Promise<void> {
  const until = next + count;
  await Promise.all(Array.from({ length: input.concurrency }, () => lane(until)));
}

await run(Math.min(1000, input.count / 4));
const cpu = process.cpuUsage();
const startedAt = performance.now();
await run(input.count);
const seconds = (performance.now() - startedAt) / 1000;
const used = process.cpuUsage(cpu);
await agent.close();
answer({
  perSecond: input.count / seconds,
  cpuSeconds: (used.user + used.system) / 1e6,
  errors,
  problem,
} satisfies LoopResult);
