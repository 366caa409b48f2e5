/** Counts committed writes of a SQLite database where nobody can pretend: in its write-ahead log. */
import { existsSync, readFileSync } from 'node:fs';

const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;

/**
 * How many commits the log of a database file holds. SQLite marks the last page of each commit with the size of the
 * database; frames of an earlier round of the log carry other salts (sqlite.org/fileformat2.html section 4).
 */
export function countCommits(databasePath: string): number {
  const walPath = `${databasePath}-wal`;
  const wal = existsSync(walPath) ? readFileSync(walPath) : Buffer.alloc(0);
  if (wal.length < HEADER_BYTES) {
    return 0;
  }
  const frameBytes = FRAME_HEADER_BYTES + wal.readUInt32BE(8);
  const salts = wal.subarray(16, 24);
  let commits = 0;
  for (let at = HEADER_BYTES; at + frameBytes <= wal.length; at += frameBytes) {
    if (!wal.subarray(at + 8, at + 16).equals(salts)) {
      break;
    }
    commits += wal.readUInt32BE(at + 4) > 0 ? 1 : 0;
  }
  return commits;
}
