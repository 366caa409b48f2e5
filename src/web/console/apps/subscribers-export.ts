/** Writes all subscribers of a place as CSV (RFC 4180), part by part: memory stays small however many there are. */
import { Readable } from 'node:stream';
import type { Core } from '#src/core/index.js';
import type { ListedSubscriber } from '#src/core/subscriber-lists.js';
import { formatChinaTime } from '#src/lib/china-time.js';
import type { Place, PlaceVisit } from './place.js';

const COLUMNS = [
  'uid',
  'remark',
  'nickname',
  'source',
  'extra',
  'blocked',
  'muted',
  'following',
  'paused',
  'subscribedAt',
] as const;

/** Answers with the file. */
export function writeSubscribers(core: Core, { ctx }: PlaceVisit, place: Place): void {
  const name = `subscribers-${place.mark.replace(' ', '-')}.csv`;
  ctx.set({
    'Content-Disposition': `attachment; filename="${name}"`,
    'X-Content-Type-Options': 'nosniff',
    'Cache-Control': 'no-store',
  });
  ctx.type = 'text/csv; charset=utf-8';
  ctx.body = Readable.from(writeParts(core, place));
}

async function* writeParts(core: Core, place: Place): AsyncGenerator<string> {
  // The byte order mark tells Excel that this is UTF-8.
  yield `\ufeff${COLUMNS.join(',')}\r\n`;
  for await (const people of core.subscriberLists.readAll(place)) {
    yield people.map(toLine).join('');
  }
}

function toLine(person: ListedSubscriber): string {
  const row = { ...person, subscribedAt: formatChinaTime(person.createdAt) };
  return `${COLUMNS.map((column) => toCell(row[column])).join(',')}\r\n`;
}

/** A cell. Spreadsheets run what begins like a formula (OWASP, CSV injection), and anybody may choose a parameter. */
export function toCell(value: string | boolean): string {
  const text = typeof value === 'boolean' ? String(Number(value)) : value;
  const safe = /^[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
