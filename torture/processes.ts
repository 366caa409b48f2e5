/** Server processes that are killed and come back: each under a keeper that starts it again, as systemd would. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** A server under its keeper. */
export interface Kept {
  url: string;
  /** Its last lines of output, of all its lives. */
  lines: readonly string[];
  /** Ends by itself after it was ready, which no blow may lead to: what it said. */
  readonly deaths: readonly string[];
  /** Ends the present life at once; the keeper starts the next. */
  kill(): void;
  /** Stops it where it stands for so long. */
  freeze(ms: number): Promise<void>;
  /** Lets it write no file beyond its first byte, or anything again. Linux only; elsewhere nothing happens. */
  limitFiles(isLimited: boolean): void;
  /** Waits until it is ready; throws when that takes too long. */
  ready(): Promise<void>;
  /** The keeper lets go and the process ends in good order; its exit code, null where it had to be killed. */
  end(): Promise<number | null>;
}

const root = fileURLToPath(new URL('../', import.meta.url));
const KEPT_LINES = 400;
const RESTART_MS = 100;
const ASK_EVERY_MS = 50;
/** A start takes two seconds alone, and much longer where every core is taken. */
const READY_MS = 180_000;
const END_MS = 30_000;
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

  function start(): void {
    wasKilled = false;
    hasListened = false;
    child = launch(['--import', './torture/preload.js', program], env);
    readLines(child, (line) => {
      hasListened ||= line.includes('listening on http');
      lines.push(line);
      lines.splice(0, Math.max(0, lines.length - KEPT_LINES));
    });
    child.once('close', (code, signal) => {
      if (!isKept) {
        return;
      }
      if (hasListened && !wasKilled) {
        deaths.push(`ended by itself with ${code ?? signal}: ${lines.slice(-5).join(' | ')}`);
      }
      setTimeout(start, RESTART_MS);
    });
  }

  start();
  return {
    url,
    lines,
    deaths,
    kill: () => {
      wasKilled = true;
      child.kill('SIGKILL');
    },
    freeze: async (ms) => {
      const frozen = child;
      frozen.kill('SIGSTOP');
      await sleep(ms);
      frozen.kill('SIGCONT');
    },
    limitFiles: (isLimited) => {
      const limit = isLimited ? '1:' : 'unlimited:';
      spawnSync('prlimit', ['--pid', String(child.pid), `--fsize=${limit}unlimited`]);
    },
    ready: async () => {
      const until = Date.now() + READY_MS;
      while (!(await isReady(url))) {
        if (Date.now() > until) {
          throw new Error(`a server does not become ready:\n${lines.slice(-20).join('\n')}`);
        }
        await sleep(ASK_EVERY_MS);
      }
    },
    end: async () => {
      isKept = false;
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), END_MS);
      await gone(child);
      clearTimeout(timer);
      return child.exitCode;
    },
  };
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
