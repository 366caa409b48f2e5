/** Declares pages that only operators see: others are refused before anything is read. */
import type { WordTable } from '#src/lib/i18n.js';
import { type ConsoleDesk, type ConsoleVisit, requireOperator } from '#src/web/console/module.js';
import type { PostOptions } from '#src/web/session/desk.js';

/** Answers a request of an operator. */
type Answer<Key extends string> = (visit: ConsoleVisit<Key>) => Promise<void> | void;

/** Like `desk.pages`, for operators. */
export function operatorPages<Key extends string>(desk: ConsoleDesk, words: WordTable<Key>) {
  const { get, post } = desk.pages(words);
  const guarded =
    (answer: Answer<Key>): Answer<Key> =>
    (visit) => {
      requireOperator(visit);
      return answer(visit);
    };
  return {
    get: (path: string, answer: Answer<Key>): void => get(path, guarded(answer)),
    post: (path: string, answer: Answer<Key>, options?: PostOptions): void =>
      post(path, guarded(answer), options),
  };
}

/** A place in a list that is read from the newest to the oldest; absent: its beginning. */
export function readBefore(text: string): { before?: number } {
  const before = /^\d{1,16}$/.test(text) ? Number(text) : 0;
  return Number.isSafeInteger(before) && before > 0 ? { before } : {};
}

/** `1.3 GB`, as people read sizes. */
export function formatSize(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let at = 0;
  while (value >= 1000 && at < units.length - 1) {
    value /= 1000;
    at += 1;
  }
  return `${value >= 100 || at === 0 ? Math.round(value) : value.toFixed(1)} ${units[at]}`;
}
