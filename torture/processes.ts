/** Server processes that are killed and come back: each under a keeper that starts it again, as systemd would. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** A server under its keeper. */
export interface Kept {
  url: string;
  /** The process of its present life; 0 between two lives. */
  pid(): number;
  /** Its last lines of output, of all its lives. */
  lines: readonly string[];
  /** Ends by itself after it was ready, which no blow may lead to: what it said. */
  readonly deaths: readonly string[];
  /** Ends the present life at once; the keeper starts the next. */
  kill(): void;
  /** Ends the present life (`SIGTERM`: in good order, where it does within half a minute) and starts no other. */
  halt(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
  /** After `halt`: starts it again. */
  go(): void;
  /** After `halt`: lives once, until `mayLive` is through, and is killed then. */
  tryStart(mayLive: (life: Life) => Promise<unknown>): Promise<ShortLife>;
  /** Stops it where it stands for so long. */
  freeze(ms: number): Promise<void>;
  /** Lets it write no file beyond its first byte, or anything again. Linux only; elsewhere nothing happens. */
  limitFiles(isLimited: boolean): void;
  /** Lets it open no file and no connection beside those that it has, or as many as at first. Linux only. */
  limitDescriptors(isLimited: boolean): void;
  /** Whether it says that it is ready. */
  isReady(): Promise<boolean>;
  /** Waits until it is ready. Throws StartError when it does not start any more, or that takes too long. */
  ready(): Promise<void>;
  /** The keeper lets go and the process ends in good order; its exit code, null where it had to be killed. */
  end(): Promise<number | null>;
}

/** A life that somebody watches. */
export interface Life {
  /** Resolves when it listens; never where it does not. */
  listening: Promise<void>;
}

/** A life that somebody watched. */
export interface ShortLife {
  /** How it ended by itself; null where it lived until it was killed. */
  code: number | null;
  hasListened: boolean;
  lines: readonly string[];
}

/** A server that cannot be brought up again. */
export class StartError extends Error {
  override name = 'StartError';
}

const root = fileURLToPath(new URL('../', import.meta.url));
const KEPT_LINES = 400;
const RESTART_MS = 100;
const ASK_EVERY_MS = 50;
/** A start takes two seconds alone, and much longer where every core is taken. */
const READY_MS = 180_000;
const END_MS = 30_000;
const LAST_WORDS_MS = 30;
/** Who ends by themselves so often, one life after the other, before they listen, never will. */
const MOST_FAILED = 8;
const living = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of living) {
    child.kill('SIGKILL');
  }
});

/** Compiles the server once, so that its many starts need not look. */
export function build(): void {
  const made = spawnSync(process.execPath, ['prisma/ensure-build.js'], { cwd: root, encoding: 'utf8' });
  if (made.status !== 0) {
    throw new Error(`the server cannot be compiled:\n${made.stderr}`);
  }
}

/** Runs a command of the project to its end, as `npm run` does; what it said and how it ended. */
export async function runCommand(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ code: number | null; text: string }> {
  const child = launch(args, env);
  const lines: string[] = [];
  readLines(child, (line) => lines.push(line));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, text: lines.join('\n') };
}

/** Starts the simulator and waits until it listens. */
export async function startSimulator(
  flags: readonly string[],
): Promise<{ url: string; end(): Promise<void> }> {
  const child = launch(['dist/simulator/main.js', '--port', '0', '--smtp-port', '0', ...flags], {});
  const lines: string[] = [];
  const url = await new Promise<string>((resolve, reject) => {
    readLines(child, (line) => {
      lines.push(line);
      const address = /listening on (http:\/\/[^\s"]+)/.exec(line)?.[1];
      if (address) {
        resolve(address);
      }
    });
    child.once('exit', () => reject(new Error(`the simulator ended:\n${lines.join('\n')}`)));
  });
  return {
    url,
    end: async () => {
      child.kill('SIGKILL');
      await gone(child);
    },
  };
}

/** Starts the server of the file `program` under a keeper. */
export function keepServer(program: string, env: Readonly<Record<string, string>>): Kept {
  const url = `http://127.0.0.1:${env.PORT}`;
  const lines: string[] = [];
  const deaths: string[] = [];
  let child: ChildProcess;
  let isKept = true;
  let wasKilled = false;
  let hasListened = false;
  let failed = 0;
  let restart: NodeJS.Timeout | undefined;
  let onListening = (): void => {};

  function start(): void {
    wasKilled = false;
    hasListened = false;
    onListening = () => {};
    const life = launch(['--import', './torture/preload.js', program], env);
    child = life;
    readLines(child, (line) => {
      lines.push(line);
      if (!hasListened && line.includes('listening on http')) {
        hasListened = true;
        onListening();
      }
      lines.splice(0, Math.max(0, lines.length - KEPT_LINES));
    });
    child.once('close', (code, signal) => {
      if (!isKept || life !== child) {
        return;
      }
      if (hasListened && !wasKilled) {
        deaths.push(`ended by itself with ${code ?? signal}: ${lines.slice(-5).join(' | ')}`);
      }
      failed = hasListened || wasKilled ? 0 : failed + 1;
      restart = setTimeout(start, RESTART_MS);
    });
  }

  async function halt(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    isKept = false;
    clearTimeout(restart);
    wasKilled = true;
    child.kill('SIGCONT');
    child.kill(signal);
    const timer = setTimeout(() => child.kill('SIGKILL'), END_MS);
    await gone(child);
    clearTimeout(timer);
  }

  async function tryStart(mayLive: (life: Life) => Promise<unknown>): Promise<ShortLife> {
    const kept = lines.splice(0, lines.length);
    start();
    const life = child;
    const listening = new Promise<void>((resolve) => {
      onListening = resolve;
    });
    await Promise.race([gone(life), mayLive({ listening })]);
    // What it said last is still on its way.
    await sleep(LAST_WORDS_MS);
    const { exitCode: code } = life;
    const result = { code, hasListened, lines: [...lines] };
    await halt('SIGKILL');
    lines.unshift(...kept);
    return result;
  }

  start();
  return {
    url,
    pid: () => (living.has(child) ? (child.pid ?? 0) : 0),
    lines,
    deaths,
    kill: () => {
      wasKilled = true;
      child.kill('SIGKILL');
    },
    halt,
    go: () => {
      isKept = true;
      failed = 0;
      start();
    },
    tryStart,
    freeze: async (ms) => {
      const frozen = child;
      frozen.kill('SIGSTOP');
      await sleep(ms);
      frozen.kill('SIGCONT');
    },
    limitFiles: (isLimited) => setLimit(child, 'fsize', isLimited ? '1' : 'unlimited'),
    limitDescriptors: (isLimited) =>
      setLimit(child, 'nofile', isLimited ? '1' : readHardLimit(child, 'nofile')),
    isReady: () => isReady(url),
    ready: async () => {
      const until = Date.now() + READY_MS;
      while (!(await isReady(url))) {
        if (failed >= MOST_FAILED) {
          throw new StartError(`a server does not start any more: ${lines.slice(-3).join(' | ')}`);
        }
        if (Date.now() > until) {
          throw new StartError(`a server does not become ready:\n${lines.slice(-20).join('\n')}`);
        }
        await sleep(ASK_EVERY_MS);
      }
    },
    end: async () => {
      await halt('SIGTERM');
      return child.exitCode;
    },
  };
}

/** Sets a soft limit of a process. */
function setLimit(child: ChildProcess, name: 'fsize' | 'nofile', soft: string): void {
  spawnSync('prlimit', ['--pid', String(child.pid), `--${name}=${soft}:`]);
}

function readHardLimit(child: ChildProcess, name: 'nofile'): string {
  const args = ['--pid', String(child.pid), `--${name}`, '--output', 'HARD', '--noheadings'];
  return spawnSync('prlimit', args, { encoding: 'utf8' }).stdout.trim();
}

async function isReady(url: string): Promise<boolean> {
  const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(5000) }).catch(() => null);
  return answer?.status === 200;
}

function launch(args: readonly string[], env: Readonly<Record<string, string>>): ChildProcess {
  const child = spawn(process.execPath, ['--enable-source-maps', ...args], {
    cwd: root,
    env: { PATH: process.env.PATH, TMPDIR: process.env.TMPDIR, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  living.add(child);
  child.once('exit', () => living.delete(child));
  return child;
}

async function gone(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    await once(child, 'exit');
  }
}

function readLines(child: ChildProcess, take: (line: string) => void): void {
  for (const stream of [child.stdout, child.stderr]) {
    if (stream) {
      createInterface({ input: stream }).on('line', take);
    }
  }
}
