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
}

const root = fileURLToPath(new URL('../../', import.meta.url));
const KEPT_LINES = 2000;

/** Starts `src/main.ts` with these settings and waits until it listens. Throws with its output when it ends instead. */
export function startServer(env: Record<string, string>): Promise<RunningProcess> {
  return start(['--import', './prisma/ensure-client.js', '--import', 'tsx', 'src/main.ts'], env);
}

/** Starts the simulator alone with these flags and waits until it listens. */
export function startSimulator(flags: readonly string[]): Promise<RunningProcess> {
  return start(['--import', 'tsx', 'src/simulator/main.ts', ...flags], {});
}

async function start(args: readonly string[], env: Record<string, string>): Promise<RunningProcess> {
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  const url = await new Promise<string>((resolve, reject) => {
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
    child.once('exit', (code) =>
      reject(new Error(`ended with ${code} before it listened:\n${lines.join('\n')}`)),
    );
  });
  return { url, lines, end: (signal) => endProcess(child, signal) };
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
