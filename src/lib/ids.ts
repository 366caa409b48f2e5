/** Makes identifiers: ordered row ids, and secrets that nobody can guess. */
import { randomBytes, randomInt } from 'node:crypto';
import type { Clock } from './clock.js';

/** 2025-01-01T00:00:00Z. With 128 ids a millisecond for each of 64 processes, ids stay below 2^53 until the year 2059. */
const EPOCH_MS = 1_735_689_600_000;
const PER_MS = 128;

/** The distance between two neighbouring ids of one process; the ids between them belong to other processes. */
export const ID_STRIDE = 64;

/**
 * Reserves `count` ids and returns the first; the others follow at steps of `ID_STRIDE`. Ids are integers below 2^53
 * (JSON clients read them as numbers), grow with time, never repeat, and never go back when the clock does.
 */
export type NewId = (count?: number) => number;

/**
 * Makes an id source.
 * @param node 0..63, different for every process that writes the same database; a function where it may change
 * @param after ids start above this one, so that a restart with a clock set back repeats none
 */
export function createNewId(clock: Clock, node: number | (() => number) = 0, after = 0): NewId {
  let next = Math.floor(after / ID_STRIDE) + 1;
  return (count = 1) => {
    const first = Math.max(next, (clock.now() - EPOCH_MS) * PER_MS);
    next = first + count;
    return first * ID_STRIDE + (typeof node === 'number' ? node : node());
  };
}

/** The lowest id that a process makes at this time (milliseconds since the epoch) or later. */
export function firstIdAt(atMs: number): number {
  return Math.max(0, (atMs - EPOCH_MS) * PER_MS * ID_STRIDE);
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const LOWER_ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** When an id was made, in milliseconds since the epoch: to the millisecond, or later where the clock had gone back. */
export function timeOfId(id: number): number {
  return Math.floor(id / (PER_MS * ID_STRIDE)) + EPOCH_MS;
}

/** A random text of `length` characters of [A-Za-z0-9], about 5.95 bits each. */
export function randomText(length: number): string {
  return pick(ALPHABET, length);
}

/** A random text of `length` characters of [a-z0-9], about 5.17 bits each. */
export function randomLowerText(length: number): string {
  return pick(LOWER_ALPHABET, length);
}

/** A random text of `length` decimal digits. */
export function randomDigits(length: number): string {
  return pick('0123456789', length);
}

/** `bytes` random bytes in lower-case hex. */
export function randomHex(bytes: number): string {
  return randomBytes(bytes).toString('hex');
}

function pick(alphabet: string, length: number): string {
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('');
}
