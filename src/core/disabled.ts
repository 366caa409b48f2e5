/** Developers whom the operator has disabled: who they are and what is theirs, so that all of it stops at once. */
import { listDisabled } from '#src/store/disabled.js';
import type { CoreDeps } from './deps.js';
import { AppError } from './errors.js';
import { rememberMs } from './remember.js';

/** What belongs to disabled developers. There are few of them, so all of it is held in memory. */
export interface DisabledSet {
  /** Their persons, as whom their keys send. */
  people: ReadonlySet<number>;
  /** Their apps and spaces. */
  apps: ReadonlySet<number>;
}

/** The verbs. */
export type Disabled = ReturnType<typeof createDisabled>;

/** Makes the verbs. None of them asks the database but once in a while: each message that comes in passes here. */
export function createDisabled({ db }: CoreDeps) {
  const lifeMs = rememberMs(db);
  let known: { set: DisabledSet; readAtMs: number } | null = null;
  let reading: Promise<DisabledSet> | null = null;

  /** What belongs to them now; what another process changed is known after two seconds. */
  async function read(): Promise<DisabledSet> {
    const isFresh = known !== null && (lifeMs === 0 || performance.now() - known.readAtMs < lifeMs);
    if (known && isFresh) {
      return known.set;
    }
    reading ??= load();
    return reading;
  }

  async function load(): Promise<DisabledSet> {
    const mine = { set: await listDisabled(db).finally(() => (reading = null)), readAtMs: performance.now() };
    known = mine;
    return mine.set;
  }

  /** To be called when an account was disabled or enabled, or an app came to one: reads anew. */
  async function refresh(): Promise<void> {
    // What is being read may be from before the change.
    await reading?.catch(() => {});
    known = null;
    await load();
  }

  /** Throws developer_disabled where a person's account is disabled. */
  async function checkPerson(personId: number): Promise<void> {
    if ((await read()).people.has(personId)) {
      throw new AppError('developer_disabled');
    }
  }

  /** Whether an app's developer is disabled. */
  async function isAppDisabled(appId: number): Promise<boolean> {
    return (await read()).apps.has(appId);
  }

  /** Throws developer_disabled where an app's developer is disabled. */
  async function checkApp(appId: number): Promise<void> {
    if (await isAppDisabled(appId)) {
      throw new AppError('developer_disabled');
    }
  }

  return { read, refresh, checkPerson, checkApp, isAppDisabled };
}
