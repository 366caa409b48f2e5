/** A disk that can be filled to the last byte: a small one in memory, where one can be mounted. */
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder on a disk of its own. */
export interface Disk {
  folder: string;
  /** Whether `fill` does anything. */
  canFill: boolean;
  /** Leaves no byte. */
  fill(): void;
  /** Gives all of it back. */
  free(): void;
  remove(): void;
}

const SIZE = '256m';
const BLOCK = Buffer.alloc(1024 * 1024, 1);

/** Makes the folder; mounting a tmpfs needs root on Linux. */
export function openDisk(): Disk {
  const folder = mkdtempSync(join(tmpdir(), 'qingniao-torture-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE}`, 'tmpfs', folder]).status === 0;
  const ballast = join(folder, 'ballast');
  const remove = (): void => {
    process.off('exit', remove);
    if (mounted) {
      spawnSync('umount', ['-l', folder]);
    }
    rmSync(folder, { recursive: true, force: true });
  };
  // A run that is broken off leaves no disk in memory behind.
  process.on('exit', remove);
  return {
    folder,
    canFill: mounted,
    fill: () => {
      if (mounted) {
        writeUntilFull(ballast);
      }
    },
    free: () => rmSync(ballast, { force: true }),
    remove,
  };
}

function writeUntilFull(path: string): void {
  const file = openSync(path, 'a');
  try {
    for (let size = BLOCK.length; size >= 1; ) {
      try {
        writeSync(file, BLOCK, 0, size);
      } catch {
        size = Math.floor(size / 16);
      }
    }
  } finally {
    closeSync(file);
  }
}
