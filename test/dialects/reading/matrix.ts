/** The ground of the matrix: how a door's options are put into places of a request, and what is seen of them afterwards. */
import type { Ask } from '#test/support/http.js';

/** Where a value can stand in a request. */
export type Place = 'path' | 'header' | 'query' | 'body';

/** What is said in each place, by the names of that place. */
export type Said = Partial<Record<Place, Record<string, unknown>>>;

/** What became of a request. */
export interface Seen {
  answer: { status: number; json: Record<string, unknown> };
  /** The stored message; null: nothing was written. */
  stored: {
    title: string;
    summary: string;
    body: string;
    format: string;
    url: string;
    priority: number;
    people: number[];
    topics: number[];
    channels: string[] | null;
    extras: Record<string, Record<string, unknown>>;
    sendAt: number | null;
    expiresAt: number | null;
  } | null;
}

/** An option as the original documents it. */
export interface Option {
  name: string;
  /** What it is called in each place; absent where it cannot stand there. */
  at: Partial<Record<Place, string>>;
  /** Two values, as texts; `typed` is how JSON writes one. */
  values: readonly [string, string];
  typed?: (value: string) => unknown;
  /** What is seen of a value. */
  see: (seen: Seen) => unknown;
  /** What is to be seen for each value; the values themselves by default. */
  shows?: readonly [unknown, unknown];
  /** What the request says besides, in the body. */
  with?: Record<string, unknown>;
}

/** A way of asking a door. */
export interface Way {
  name: string;
  /** The places of an option, the one that counts first. */
  places: readonly Place[];
  /** How the body is written. */
  body: 'json' | 'form' | 'multipart' | 'none';
  method?: string;
  /** The address for what stands in the path. */
  path: (said: Record<string, unknown>) => string;
  /** Query and headers that name the receiver, where neither path nor body do. */
  query?: Record<string, string>;
  /** What every request says in its body; what an option says stands instead. */
  base: Record<string, unknown>;
  options: readonly Option[];
}

/** A door: its ways. */
export interface DoorReading {
  name: string;
  ways: readonly Way[];
}

/** The request that says all this. */
export function toAsk(way: Way, said: Said): Ask & { path: string } {
  const query = new URLSearchParams({ ...way.query, ...toTexts(said.query) });
  const path = way.path(said.path ?? {});
  const headers = toTexts(said.header);
  const fields = { ...way.base, ...said.body };
  const address = query.size === 0 ? path : `${path}?${query}`;
  const method = way.method ?? 'POST';
  switch (way.body) {
    case 'none':
      return { path: address, method, headers };
    case 'json':
      return { path: address, method, headers, body: fields };
    case 'form':
      return {
        path: address,
        method,
        headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
        body: `${new URLSearchParams(toTexts(fields))}`,
      };
    case 'multipart':
      return {
        path: address,
        method,
        headers: { ...headers, 'content-type': 'multipart/form-data; boundary=b' },
        body: toMultipart(toTexts(fields)),
      };
  }
}

/** One case of the matrix. */
export interface Case {
  title: string;
  way: Way;
  option: Option;
  said: Said;
  /** Which of the option's values counts. */
  counts: 0 | 1;
}

/** Every option of a way in each place, in each pair of places, and in each pair whose stronger place says nothing. */
export function listCases(door: DoorReading): Case[] {
  return door.ways.flatMap((way) =>
    way.options.flatMap((option) => {
      const places = way.places.filter((place) => option.at[place] !== undefined);
      const put = (place: Place, value: string): Said => {
        const typed = place === 'body' && way.body === 'json' ? (option.typed ?? String)(value) : value;
        const name = option.at[place] ?? '';
        const others = place === 'body' ? option.with : undefined;
        return { [place]: { ...others, [name]: typed } };
      };
      // What a typed field of JSON says for nothing.
      const isTyped = (place: Place): boolean =>
        place === 'body' && way.body === 'json' && option.typed !== undefined;
      const start = { way, option };
      const withOthers = (said: Said): Said => ({ ...said, body: { ...option.with, ...said.body } });
      const alone = places.flatMap((place) =>
        ([0, 1] as const).map((counts) => ({
          ...start,
          title: `${way.name}: ${option.name} in the ${place}`,
          said: withOthers(put(place, option.values[counts])),
          counts,
        })),
      );
      const pairs = places.flatMap((upper, at) =>
        places.slice(at + 1).map((lower) => [upper, lower] as const),
      );
      const conflicts = pairs.map(([upper, lower]) => ({
        ...start,
        title: `${way.name}: ${option.name} in the ${upper} over the ${lower}`,
        said: withOthers({ ...put(lower, option.values[0]), ...put(upper, option.values[1]) }),
        counts: 1 as const,
      }));
      const silent = pairs.map(([upper, lower]) => ({
        ...start,
        title: `${way.name}: ${option.name} in the ${lower} under an empty ${upper}`,
        said: withOthers({
          ...put(lower, option.values[0]),
          [upper]: { [option.at[upper] ?? '']: isTyped(upper) ? null : '' },
        }),
        counts: 0 as const,
      }));
      return [...alone, ...conflicts, ...silent];
    }),
  );
}

function toTexts(fields: Record<string, unknown> = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  );
}

function toMultipart(fields: Record<string, string>): string {
  const parts = Object.entries(fields).map(
    ([name, value]) => `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  return `${parts.join('')}--b--\r\n`;
}
