/** Reads what of the messages somebody wants to see from the query of the list's address. */
import type { MessageFilter } from '#src/core/message-list.js';
import { parseChinaTime } from '#src/lib/china-time.js';

/** The states that can be chosen. */
export const STATES = ['accepted', 'sending', 'sent', 'failed', 'cancelled', 'unknown'] as const;
/** The doors that messages come by, as they name themselves. */
export const SOURCES = [
  'console',
  'wxpusher',
  'serverchan',
  'pushplus',
  'bark',
  'pushdeer',
  'ntfy',
  'gotify',
  'wecom-notify',
  'demo',
] as const;

/** The wishes, and the fields of the form whose text is no such thing. */
export interface ReadFilter {
  filter: Pick<MessageFilter, 'appId' | 'state' | 'source' | 'from' | 'until' | 'search' | 'before'>;
  wrong: ('from' | 'until')[];
  /** Something is wished, so that an empty list means that nothing matches. */
  isFiltered: boolean;
}

const MAX_APP_ID = 2 ** 31 - 1;
const LONGEST_SEARCH = 100;

/** Reads the query; what is no known choice counts as none. */
export function readFilter(query: (name: string) => string): ReadFilter {
  const app = /^\d{1,10}$/.test(query('app')) ? Number(query('app')) : undefined;
  const state = STATES.find((known) => known === query('state'));
  const source = query('source').slice(0, 40);
  const from = readMoment(query('from'));
  const until = readMoment(query('until'));
  const search = query('q').slice(0, LONGEST_SEARCH);
  const before = /^\d{1,16}$/.test(query('before')) ? Number(query('before')) : 0;
  const filter = {
    ...(app === undefined || app > MAX_APP_ID ? {} : { appId: app }),
    ...(state ? { state } : {}),
    ...(source === '' ? {} : { source }),
    ...(from instanceof Date ? { from } : {}),
    ...(until instanceof Date ? { until } : {}),
    ...(search === '' ? {} : { search }),
  };
  return {
    filter: before > 0 && Number.isSafeInteger(before) ? { ...filter, before } : filter,
    wrong: [...(from === 'wrong' ? ['from' as const] : []), ...(until === 'wrong' ? ['until' as const] : [])],
    isFiltered: Object.keys(filter).length > 0,
  };
}

/** A moment of a `datetime-local` field, in China time. */
function readMoment(text: string): Date | null | 'wrong' {
  if (text === '') {
    return null;
  }
  const [, day = '', time = '00:00'] =
    /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}))?(?::\d{2})?$/.exec(text) ?? [];
  return parseChinaTime(`${day} ${time}:00`) ?? 'wrong';
}
