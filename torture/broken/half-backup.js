// A bug on purpose: a backup has its name while it is still being written.
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { copyDatabase as copyWhole } from '#src/store/backups.js';

export * from '#src/store/backups.js';

const PIECE = 65_536;
const PAUSE_MS = 200;

export function copyDatabase(path, target) {
  const file = openSync(target, 'w');
  const whole = copyWhole(path, `${target}.whole`);
  const copy = async () => {
    await whole.done;
    const bytes = readFileSync(`${target}.whole`);
    for (let at = 0; at < bytes.length; at += PIECE) {
      writeSync(file, bytes.subarray(at, at + PIECE));
      await sleep(PAUSE_MS);
    }
    closeSync(file);
  };
  return { stop: () => {}, done: copy() };
}
