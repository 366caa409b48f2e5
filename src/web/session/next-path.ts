/** Where to go after signing in: only paths of this server, so that no link leads people elsewhere. */

const LONGEST = 500;

/** The wanted local path with its query, or `fallback` for anything else. */
export function toLocalPath(wanted: unknown, fallback: string): string {
  if (
    typeof wanted !== 'string' ||
    wanted.length > LONGEST ||
    !/^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(wanted)
  ) {
    return fallback;
  }
  // The sign-in pages themselves are no destination.
  return /^\/(sign-in|sign-out)\b/.test(wanted) ? fallback : wanted;
}

/** The sign-in page that leads back to a path. */
export function signInPath(next: string, page = '/sign-in'): string {
  return `${page}?next=${encodeURIComponent(next)}`;
}
