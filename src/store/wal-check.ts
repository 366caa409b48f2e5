/** Looks through a write-ahead log for damage: SQLite itself takes what is whole up to it, and says nothing of the rest. */
import { type FileHandle, open } from 'node:fs/promises';

const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
/** The last bit says in which order the checksums read their bytes (sqlite.org/fileformat2.html section 4.1). */
const MAGICS = new Set([0x377f0682, 0x377f0683]);

/** What is wrong with a log: its head, or what follows so many whole frames. */
export type LogDamage = { kind: 'head' } | { kind: 'frames'; whole: number };

/**
 * What is damaged in the log at `path`; null where all is whole or there is none. Frames of an earlier round, which carry other
 * salts, are the ordinary end of a log; so is one that a crash left half written behind the last commit.
 */
export async function findLogDamage(path: string): Promise<LogDamage | null> {
  const file = await open(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') {
      return null;
    }
    throw error;
  });
  try {
    return file && (await readLog(file));
  } finally {
    await file?.close();
  }
}

async function readLog(file: FileHandle): Promise<LogDamage | null> {
  const { size } = await file.stat();
  if (size === 0) {
    return null;
  }
  const head = await readAt(file, 0, HEADER_BYTES);
  const isBig = head.length === HEADER_BYTES && (head.readUInt32BE(0) & 1) === 1;
  const sum = createChecksum(isBig);
  if (
    head.length < HEADER_BYTES ||
    !MAGICS.has(head.readUInt32BE(0)) ||
    !sum.add(head.subarray(0, 24)).is(head, 24)
  ) {
    return { kind: 'head' };
  }
  const frameBytes = FRAME_HEADER_BYTES + head.readUInt32BE(8);
  const salts = head.subarray(16, 24);
  let whole = 0;
  let isBroken = false;
  for (let at = HEADER_BYTES; at + frameBytes <= size; at += frameBytes) {
    const frame = await readAt(file, at, frameBytes);
    const isOfThisRound = frame.subarray(8, 16).equals(salts);
    sum.add(frame.subarray(0, 8)).add(frame.subarray(FRAME_HEADER_BYTES));
    isBroken ||= !isOfThisRound || !sum.is(frame, 16);
    if (!isBroken) {
      whole += 1;
    } else if (isOfThisRound && frame.readUInt32BE(4) > 0) {
      // The mark of a commit that had been answered, behind what nobody can read.
      return { kind: 'frames', whole };
    }
  }
  return null;
}

async function readAt(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  const { bytesRead } = await file.read(bytes, 0, length, at);
  return bytes.subarray(0, bytesRead);
}

interface Checksum {
  add(bytes: Buffer): Checksum;
  /** Whether it is what stands there. */
  is(bytes: Buffer, at: number): boolean;
}

/** Goes on from frame to frame, over pairs of words (section 4.2). */
function createChecksum(isBig: boolean): Checksum {
  let [one, two] = [0, 0];
  const sum: Checksum = {
    add: (bytes) => {
      for (let at = 0; at + 8 <= bytes.length; at += 8) {
        const first = isBig ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at);
        const second = isBig ? bytes.readUInt32BE(at + 4) : bytes.readUInt32LE(at + 4);
        one = (one + first + two) >>> 0;
        two = (two + second + one) >>> 0;
      }
      return sum;
    },
    is: (bytes, at) => bytes.readUInt32BE(at) === one && bytes.readUInt32BE(at + 4) === two,
  };
  return sum;
}
