/** The processes of a run: the server, the simulator and small workers, each measured from outside. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A running process. */
export interface Running {
  url: string;
  pid: number;
  /** Resident memory in MB now; NaN where the system does not tell. */
  residentMb(): number;
  /** The most resident memory so far, in MB. */
  peakMb(): number;
  /** CPU seconds used so far, of all its threads. */
  cpuSeconds(): number;
  /** Its last lines of output, for the report of a failure. */
  lines: readonly string[];
  hasEnded(): boolean;
  end(signal?: NodeJS.Signals): Promise<void>;
}

const root = fileURLToPath(new URL('../', import.meta.url));
const KEPT_LINES = 200;
const TICKS_PER_SECOND = 100;
const living = new Set<ChildProcess>();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => process.exit(1));
}
process.on('exit', () => {
  for (const child of living) {
    child.kill('SIGKILL');
  }
});

/** How `npm start` and `npm run simulator` run what they compile. */
const BUILT = ['--enable-source-maps', 'prisma/run.cjs'];

/** What `npm start` says of memory. */
const LEAN = ['--max-old-space-size=768', '--max-semi-space-size=16'];

/** Starts the server; resolves as soon as the process runs, which is before it is ready. */
export function startServer(
  env: Readonly<Record<string, string>>,
  nodeArgs: readonly string[] = [],
): Running {
  const args = [...LEAN, ...nodeArgs, ...BUILT, 'dist/main.js'];
  return launch(args, env, `http://127.0.0.1:${env.PORT}`).running;
}

/** Starts the simulator alone and waits until it listens. */
export function startSimulator(flags: readonly string[]): Promise<Running> {
  // A million people of the outside world live in its memory.
  const args = ['--max-old-space-size=6144', ...BUILT, 'dist/simulator/main.js'];
  return startListening([...args, '--port', '0', '--smtp-port', '0', ...flags]);
}

/** Starts a worker that listens, such as the bare Koa app. */
export function startWorker(name: string, input: object = {}): Promise<Running> {
  return startListening(['--import', 'tsx', `bench/workers/${name}.ts`, JSON.stringify(input)]);
}

/** Runs a worker to its end; its answer is the last line it wrote, as JSON. */
export async function runWorker<T>(name: string, input: object): Promise<T> {
  const args = ['--import', 'tsx', `bench/workers/${name}.ts`, JSON.stringify(input)];
  const { child, running } = launch(args, {}, '');
  await once(child, 'close');
  if (child.exitCode !== 0) {
    throw new Error(`${name} ended with ${child.exitCode}:\n${running.lines.join('\n')}`);
  }
  return JSON.parse(running.lines.at(-1) ?? '') as T;
}

/** A port that is free now. */
export async function findFreePort(): Promise<number> {
  const probe = createServer();
  probe.listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

async function startListening(args: readonly string[]): Promise<Running> {
  const { child, running, found } = launch(args, {}, '');
  const url = await Promise.race([
    found,
    once(child, 'exit').then(() => {
      throw new Error(`it ended before it listened:\n${running.lines.join('\n')}`);
    }),
  ]);
  return Object.assign(running, { url });
}

function launch(args: readonly string[], env: Readonly<Record<string, string>>, url: string) {
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { PATH: process.env.PATH, TMPDIR: process.env.TMPDIR, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  living.add(child);
  child.once('exit', () => living.delete(child));
  const lines: string[] = [];
  const found = new Promise<string>((resolve) => {
    const read = (line: string): void => {
      lines.push(line);
      lines.splice(0, Math.max(0, lines.length - KEPT_LINES));
      const address = /listening on (http:\/\/[^\s"]+)/.exec(line)?.[1];
      if (address) {
        resolve(address);
      }
    };
    createInterface({ input: child.stdout }).on('line', read);
    createInterface({ input: child.stderr }).on('line', read);
  });
  const pid = child.pid ?? 0;
  const running: Running = {
    url,
    pid,
    lines,
    residentMb: () => readStatus(pid, 'VmRSS'),
    peakMb: () => readStatus(pid, 'VmHWM'),
    cpuSeconds: () => readCpuSeconds(pid),
    hasEnded: () => !living.has(child),
    end: async (signal = 'SIGTERM') => {
      if (living.has(child)) {
        child.kill(signal);
        await once(child, 'exit');
      }
    },
  };
  return { child, running, found };
}

/** Linux tells; elsewhere the figure is missing. */
function readStatus(pid: number, field: string): number {
  const text = readProc(`/proc/${pid}/status`);
  return Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? Number.NaN) / 1024;
}

function readCpuSeconds(pid: number): number {
  const fields = readProc(`/proc/${pid}/stat`)
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

function readProc(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
