/** `node prisma/run.cjs test/support/kill-starts.ts [COUNT]`: starts a server on a fresh data folder and kills it within two seconds, so many times; it must start each time afterwards. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BUILT, startServer } from './processes.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const LONGEST_MS = 2000;

/** A start that was killed, and what the next one said where it did not listen. */
export interface KilledStart {
  afterMs: number;
  signal: NodeJS.Signals;
  problem: string | null;
}

/** Kills first starts after these times, each on a folder of its own, and starts each again. */
export async function killStarts(times: readonly number[]): Promise<KilledStart[]> {
  const killed: KilledStart[] = [];
  for (const [at, afterMs] of times.entries()) {
    const folder = mkdtempSync(join(tmpdir(), 'qingniao-kill-start-'));
    // Every third is a Ctrl-C.
    const signal = at % 3 === 2 ? 'SIGINT' : 'SIGKILL';
    killed.push({ afterMs, signal, problem: await killStart(folder, { afterMs, signal }) });
    rmSync(folder, { recursive: true });
  }
  return killed;
}

async function killStart(
  folder: string,
  { afterMs, signal }: { afterMs: number; signal: NodeJS.Signals },
): Promise<string | null> {
  const env = { PORT: '0', SIMULATOR_SMTP_PORT: '0', DATA_DIR: folder };
  const child = spawn(process.execPath, [...BUILT, 'dist/main.js'], {
    cwd: root,
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: 'ignore',
  });
  const ended = once(child, 'exit');
  const timer = setTimeout(() => child.kill(signal), afterMs);
  await ended;
  clearTimeout(timer);
  try {
    const again = await startServer(env);
    const ready = await fetch(`${again.url}/readyz`);
    const code = await again.end('SIGTERM');
    return ready.status === 200 && code === 0 ? null : `readyz ${ready.status}, ended with ${code}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const count = Number(process.argv[2] ?? 200);
  const times = Array.from({ length: count }, () => Math.round(Math.random() * LONGEST_MS));
  const killed = await killStarts(times);
  const problems = killed.filter(({ problem }) => problem !== null);
  process.stdout.write(`${killed.length} starts were killed, ${problems.length} did not start again\n`);
  for (const { afterMs, signal, problem } of problems) {
    process.stdout.write(`${signal} after ${afterMs} ms: ${problem}\n`);
  }
  process.exitCode = problems.length > 0 ? 1 : 0;
}
