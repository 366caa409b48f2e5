/** Describes the machine, so that figures of two machines are not compared by mistake. */
import { execFileSync } from 'node:child_process';
import { statfsSync } from 'node:fs';
import { cpus, loadavg, release, totalmem, type } from 'node:os';

/** What a reader must know of the machine. */
export interface Machine {
  cpu: string;
  cores: number;
  memoryGb: number;
  system: string;
  node: string;
  /** The one-minute load when the run began: above the number of cores the figures are noisy. */
  loadAtStart: number;
  freeDiskGb: number;
  commit: string;
}

/** Reads it. */
export function describeMachine(dir: string): Machine {
  const cores = cpus();
  const disk = statfsSync(dir);
  return {
    cpu: cores[0]?.model.trim() ?? 'unknown',
    cores: cores.length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()}`,
    node: process.version,
    loadAtStart: Math.round((loadavg()[0] ?? 0) * 100) / 100,
    freeDiskGb: Math.round((disk.bavail * disk.bsize) / 2 ** 30),
    commit: readCommit(),
  };
}

function readCommit(): string {
  try {
    return execFileSync('git', ['describe', '--always', '--dirty'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return 'unknown';
  }
}
