/** Finds misspelt names. */

/**
 * Names of the environment that are almost one of the known ones, a sentence each: a misspelt setting would otherwise be
 * silently ignored.
 */
export function findNearMisses(
  env: Readonly<Record<string, string | undefined>>,
  known: readonly string[],
): string[] {
  const squeeze = (name: string): string => name.replace(/[^A-Za-z0-9]/g, '').toUpperCase();
  return Object.keys(env).flatMap((name) => {
    if (known.includes(name)) {
      return [];
    }
    const isUpper = /^[A-Z][A-Z0-9_]+$/.test(name);
    const near = known.find((other) => {
      // Short names in lower case, such as `host`, are everyday names of other programs.
      const isTelling = other.length >= 8;
      return (
        ((isUpper || isTelling) && squeeze(name) === squeeze(other)) ||
        (isUpper && isTelling && name.slice(0, 4) === other.slice(0, 4) && isOneOrTwoEditsAway(name, other))
      );
    });
    return near ? [`${name}: 没有这个设置，是不是 ${near}？ is not a setting; did you mean ${near}?`] : [];
  });
}

/** The known name that is most like another; null where none is like it: a wrong hint misleads more than none. */
export function nearestName(name: string, known: readonly string[]): string | null {
  const plain = (text: string): string => text.toLowerCase().replaceAll(/[^a-z\d]/g, '');
  const wanted = plain(name.slice(0, MAX_LENGTH));
  const distances = known.flatMap((other) => {
    const edits = countEdits(wanted, plain(other));
    const beginning = countBeginning(wanted, plain(other));
    const lengths = [wanted.length, plain(other).length];
    const [shorter, longer] = [Math.min(...lengths), Math.max(...lengths)];
    const isSlip = edits < longer && edits <= Math.max(SLIP_EDITS, longer * SLIP_SHARE);
    const beginsAlike = beginning >= MIN_BEGINNING && beginning * 2 >= shorter;
    // What begins alike is more alike than what merely has as many letters.
    return isSlip || beginsAlike ? [{ other, distance: edits - beginning / 2 }] : [];
  });
  return distances.sort((a, b) => a.distance - b.distance)[0]?.other ?? null;
}

/** How many letters of a name may be wrong: two of a short one, a third of a long one. */
const SLIP_EDITS = 2;
const SLIP_SHARE = 1 / 3;
/** What begins with as many of the same letters, such as `body_template` and `body`, may mean the same. */
const MIN_BEGINNING = 4;

/** Longer names are compared by their beginnings. */
const MAX_LENGTH = 100;

function countBeginning(a: string, b: string): number {
  const end = [...a].findIndex((letter, at) => letter !== b[at]);
  return end < 0 ? a.length : end;
}

function isOneOrTwoEditsAway(a: string, b: string): boolean {
  return Math.abs(a.length - b.length) <= 2 && countEdits(a, b) <= 2;
}

/** How many letters are to be changed, added or taken away (Levenshtein). */
function countEdits(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next[j] = Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1);
    }
    row = next;
  }
  return row[b.length] ?? a.length;
}
