/** How long messages, traces and callback logs are kept: the operator's choice, for all, for a dialect, for an app. */
import type { CoreDeps } from './deps.js';
import { AppError } from './errors.js';
import { RETENTION_DAYS } from './messages.js';
import type { Settings } from './settings.js';

/**
 * The fewest and the most days. A day is the least: repeats are known by the day's messages, and platforms' late words belong
 * to them. Nothing is kept for ever. WxPusher's own retention is seven.
 */
export const RETENTION_LIMITS = { least: 1, most: 3650 };

/** The dialects that a choice can be made for: the names by which messages remember where they came in. */
export const RETAINED_DIALECTS = [
  'wxpusher',
  'serverchan',
  'pushplus',
  'wecom-notify',
  'ntfy',
  'gotify',
  'pushdeer',
  'bark',
] as const;

/** One of them. */
export type RetainedDialect = (typeof RETAINED_DIALECTS)[number];

/** Days by dialect; null: the server's. */
export type DialectDays = Record<RetainedDialect, number | null>;

/** All choices, in days. */
export interface RetentionRules {
  days: number;
  dialects: ReadonlyMap<string, number>;
  apps: ReadonlyMap<number, number>;
}

const NAME = 'retention-days';
const DIALECT = `${NAME}:dialect:`;
const APP = `${NAME}:app:`;

/** The verbs of retention. */
export type Retention = ReturnType<typeof createRetention>;

/** Makes the verbs of retention. */
export function createRetention({ db }: Pick<CoreDeps, 'db'>, settings: Settings) {
  /** For how many days things are kept that nothing else is said of. */
  async function readDays(): Promise<number> {
    return toDays(await settings.read(NAME)) ?? RETENTION_DAYS;
  }

  /** For how many days everything is kept; null where it depends on the dialect or the app. */
  async function readOnlyDays(): Promise<number | null> {
    const { days, dialects, apps } = await readRules();
    return [...dialects.values(), ...apps.values()].every((own) => own === days) ? days : null;
  }

  /** Decides it; what is older goes with the next upkeep. Throws bad_field. */
  async function saveDays(days: number): Promise<void> {
    await settings.save(NAME, checkDays(days));
  }

  /** What is said of each dialect. */
  async function readDialects(): Promise<DialectDays> {
    const read = async (dialect: RetainedDialect) =>
      [dialect, toDays(await settings.read(DIALECT + dialect))] as const;
    return Object.fromEntries(await Promise.all(RETAINED_DIALECTS.map(read))) as DialectDays;
  }

  /** Changes those dialects that are given; null: back to the server's. Throws bad_field and then changes nothing. */
  async function saveDialects(chosen: Partial<DialectDays>): Promise<void> {
    const values = RETAINED_DIALECTS.flatMap((dialect) => {
      const days = chosen[dialect];
      return days === undefined ? [] : [[dialect, days === null ? '' : checkDays(days)] as const];
    });
    for (const [dialect, value] of values) {
      await settings.save(DIALECT + dialect, value);
    }
  }

  /** What is said of an app; null: nothing. */
  async function readAppDays(appId: number): Promise<number | null> {
    return toDays(await settings.read(APP + appId));
  }

  /** Decides for an app; null: nothing is said of it. Throws bad_field. */
  async function saveAppDays(appId: number, days: number | null): Promise<void> {
    await settings.save(APP + appId, days === null ? '' : checkDays(days));
  }

  /** All choices, as they are in the database now. */
  async function readRules(): Promise<RetentionRules> {
    const rows = await db.setting.findMany({ where: { key: { startsWith: NAME } } });
    const said = new Map(
      rows.flatMap(({ key, value }) => {
        const days = toDays(value);
        return days === null ? [] : [[key, days] as const];
      }),
    );
    const below = (prefix: string): [string, number][] =>
      [...said].flatMap(([key, days]) => (key.startsWith(prefix) ? [[key.slice(prefix.length), days]] : []));
    return {
      days: said.get(NAME) ?? RETENTION_DAYS,
      dialects: new Map(below(DIALECT)),
      apps: new Map(below(APP).map(([id, days]) => [Number(id), days])),
    };
  }

  return {
    readDays,
    readOnlyDays,
    saveDays,
    readDialects,
    saveDialects,
    readAppDays,
    saveAppDays,
    readRules,
  };
}

/** For how many days a thing is kept: what is said of its app, else of its dialect, else of all. */
export function daysFor(
  { days, dialects, apps }: RetentionRules,
  thing: { appId: number | null; source: string | null },
): number {
  return apps.get(thing.appId ?? 0) ?? dialects.get(thing.source ?? '') ?? days;
}

/** What is no number of days counts for nothing. */
function toDays(stored: string | null): number | null {
  const days = Number(stored);
  return isDays(days) ? days : null;
}

function checkDays(days: number): string {
  if (!isDays(days)) {
    const detail = `${RETENTION_LIMITS.least}..${RETENTION_LIMITS.most}`;
    throw new AppError('bad_field', { field: 'retentionDays', detail });
  }
  return String(days);
}

function isDays(days: number): boolean {
  return Number.isInteger(days) && days >= RETENTION_LIMITS.least && days <= RETENTION_LIMITS.most;
}
