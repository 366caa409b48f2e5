/** Installs other people's clients into a folder outside the project, and runs them as separate programs. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** How a program ended. */
export interface Ran {
  code: number | null;
  out: string;
  err: string;
}

/** What a program is started with. */
export interface RunOptions {
  env?: Record<string, string>;
  cwd?: string;
  /** What it reads. */
  input?: string;
}

const MOST_MS = 600_000;

/** Where clients are installed: CLIENTS_DIR, to be kept for the next run, or a folder that nobody looks for again. */
export function clientsFolder(): string {
  const named = process.env.CLIENTS_DIR;
  if (named) {
    mkdirSync(named, { recursive: true });
    return named;
  }
  return mkdtempSync(join(tmpdir(), 'qingniao-clients-'));
}

/** Runs a program to its end. It is stopped after ten minutes. */
export function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      timeout: MOST_MS,
    });
    const ran: Ran = { code: null, out: '', err: '' };
    child.stdout.on('data', (part) => {
      ran.out += String(part);
    });
    child.stderr.on('data', (part) => {
      ran.err += String(part);
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ ...ran, code }));
    child.stdin.on('error', () => {});
    child.stdin.end(options.input ?? '');
  });
}

/** Runs a program that must go well; its output. */
export async function must(
  program: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const { code, out, err } = await run(program, args, options);
  if (code !== 0) {
    throw new Error(`${program} ${args.join(' ')} ended with ${code}\n${out}\n${err}`);
  }
  return out;
}

/** The Python of a venv that has the newest of these packages. `anyPython`: also such as ask for a newer Python. */
export async function installPython(
  folder: string,
  packages: { newest: readonly string[]; anyPython: readonly string[] },
): Promise<string> {
  const venv = join(folder, 'venv');
  const python = join(venv, 'bin', 'python');
  if (!existsSync(python)) {
    await must('python3', ['-m', 'venv', venv]);
  }
  const install = ['-m', 'pip', 'install', '-q', '--upgrade'];
  await must(python, [...install, ...packages.newest]);
  await must(python, [...install, '--ignore-requires-python', ...packages.anyPython]);
  return python;
}

/** The program that a Go module builds. */
export async function installGo(folder: string, module: string, name: string): Promise<string> {
  const GOBIN = join(folder, 'go');
  const program = join(GOBIN, name);
  if (!existsSync(program)) {
    await must('go', ['install', module], { env: { GOBIN } });
  }
  return program;
}
