/** A log is judged as SQLite writes it: its ordinary ends are no damage, whatever is unreadable before a commit is. */
import { copyFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findLogDamage } from '#src/store/wal-check.js';

const FRAME = 24 + 4096;
const HEAD = 32;
const ROWS = 5;

const folder = mkdtempSync(join(tmpdir(), 'qingniao-wal-'));
const sound = join(folder, 'sound-wal');
const path = join(folder, 'log-wal');
/** A round before was longer: behind the frames of this one stand older ones. */
const renewed = join(folder, 'renewed-wal');

beforeAll(() => {
  const file = join(folder, 'made.db');
  const database = new Database(file);
  database.exec('PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; CREATE TABLE t (a)');
  for (let row = 0; row < ROWS; row += 1) {
    database.exec(`INSERT INTO t VALUES (${row})`);
  }
  copyFileSync(`${file}-wal`, sound);
  database.exec('PRAGMA wal_checkpoint(FULL)');
  database.exec('INSERT INTO t VALUES (99)');
  copyFileSync(`${file}-wal`, renewed);
  database.close();
});
beforeEach(() => copyFileSync(sound, path));
afterAll(() => rmSync(folder, { recursive: true }));

/** Changes one byte. */
function spoil(at: number): void {
  const bytes = readFileSync(path);
  bytes[at] = (bytes[at] ?? 0) ^ 0xff;
  writeFileSync(path, bytes);
}

const frames = (): number => (readFileSync(sound).length - HEAD) / FRAME;

describe('a log', () => {
  it('that is whole, empty, missing, or begun anew before an older round’s frames is not damaged', async () => {
    expect(frames()).toBeGreaterThan(ROWS);
    expect(await findLogDamage(path)).toBeNull();
    expect(readFileSync(renewed).length).toBe(readFileSync(sound).length);
    expect(await findLogDamage(renewed)).toBeNull();
    writeFileSync(path, '');
    expect(await findLogDamage(path)).toBeNull();
    expect(await findLogDamage(join(folder, 'none-wal'))).toBeNull();
  });

  it('that ends in the middle of what was being written is not damaged', async () => {
    truncateSync(path, HEAD + 3 * FRAME + 1000);
    expect(await findLogDamage(path)).toBeNull();
  });

  it.each([0, 5, 13, 20, 25, 31])('with a wrong byte %i in its head is', async (at) => {
    spoil(at);
    expect(await findLogDamage(path)).toEqual({ kind: 'head' });
  });

  it('that is shorter than its head is', async () => {
    truncateSync(path, 17);
    expect(await findLogDamage(path)).toEqual({ kind: 'head' });
  });

  it.each([
    ['the page', 24 + 2000],
    ['the page number', 1],
    ['the checksum', 18],
    ['the salt', 9],
  ])('with a wrong byte in %s of any frame but the last is, after what is whole', async (_, offset) => {
    for (let frame = 0; frame < frames() - 1; frame += 1) {
      copyFileSync(sound, path);
      spoil(HEAD + frame * FRAME + offset);
      expect([frame, await findLogDamage(path)]).toEqual([frame, { kind: 'frames', whole: frame }]);
    }
  });

  it('whose last commit cannot be read is', async () => {
    spoil(HEAD + (frames() - 1) * FRAME + 24 + 7);
    expect(await findLogDamage(path)).toEqual({ kind: 'frames', whole: frames() - 1 });
  });
});
