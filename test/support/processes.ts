/** Real processes for tests that kill them: the server and the simulator, started as their commands start them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A running process that listens. */
export interface RunningProcess {
  url: string;
  /** Every line it wrote so far. */
  lines: string[];
  /** Sends a signal and waits for the end; returns the exit code, null after a kill. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null>;
  /** Waits for a line of its output that matches. */
  says(words: RegExp): Promise<string>;
  /** Freezes it where it stands, or lets it go on. */
  freeze(isFrozen: boolean): void;
}

const root = fileURLToPath(new URL('../../', import.meta.url));
const KEPT_LINES = 2000;

/** What Node is about to take away ends the process that uses it, ours or a package's. */
const NOTHING_DEPRECATED = ['--throw-deprecation', '--pending-deprecation'];

/** How `npm start` and `npm run simulator` run what they compile. */
export const BUILT = [...NOTHING_DEPRECATED, '--enable-source-maps', 'prisma/run.cjs'];

/**
 * Starts the server with these settings and waits until it listens. Throws with its output when it ends instead. `openFiles` is how
 * many file descriptors it may have.
 */
export function startServer(
  env: Record<string, string>,
  { openFiles }: { openFiles?: number } = {},
): Promise<RunningProcess> {
  return start([...BUILT, 'dist/main.js'], env, openFiles);
}

/** Starts a script of the tests with these settings and waits until it listens. */
export function startScript(path: string, env: Record<string, string>): Promise<RunningProcess> {
  return start([...NOTHING_DEPRECATED, '--import', 'tsx', path], env);
}

/** Starts the simulator alone with these flags and waits until it listens. */
export function startSimulator(flags: readonly string[]): Promise<RunningProcess> {
  return start([...BUILT, 'dist/simulator/main.js', ...flags], {});
}

async function start(
  args: readonly string[],
  env: Record<string, string>,
  openFiles?: number,
): Promise<RunningProcess> {
  const [program, programArgs] =
    openFiles === undefined
      ? [process.execPath, args]
      : ['sh', ['-c', `ulimit -n ${openFiles}; exec "$0" "$@"`, process.execPath, ...args]];
  const child = spawn(program, programArgs, {
    cwd: root,
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  const listeners = new Set<(line: string) => void>();
  const url = await new Promise<string>((resolve, reject) => {
    const read = (line: string): void => {
      lines.push(line);
      lines.splice(0, Math.max(0, lines.length - KEPT_LINES));
      for (const listener of listeners) {
        listener(line);
      }
      const address = /listening on (http:\/\/[^\s"]+)/.exec(line)?.[1];
      if (address) {
        resolve(address);
      }
    };
    createInterface({ input: child.stdout }).on('line', read);
    createInterface({ input: child.stderr }).on('line', read);
    child.once('exit', (code) =>
      reject(new Error(`ended with ${code} before it listened:\n${lines.join('\n')}`)),
    );
  });
  return {
    url,
    lines,
    end: (signal) => endProcess(child, signal),
    says: (words) => {
      const said = lines.find((line) => words.test(line));
      return said === undefined
        ? new Promise((resolve) => {
            listeners.add((line) => {
              if (words.test(line)) {
                resolve(line);
              }
            });
          })
        : Promise.resolve(said);
    },
    freeze: (isFrozen) => void child.kill(isFrozen ? 'SIGSTOP' : 'SIGCONT'),
  };
}

async function endProcess(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) {
    return child.exitCode;
  }
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
  return child.exitCode;
}
