/** The customer-service windows: what a person did lately, and how many messages that allows. */

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** What opens a window. */
export type WindowTrigger = 'message' | 'menu' | 'follow' | 'scan';

const ALLOWANCES: Readonly<Record<WindowTrigger, { messages: number; lastsMs: number }>> = {
  message: { messages: 5, lastsMs: 48 * HOUR_MS },
  menu: { messages: 3, lastsMs: MINUTE_MS },
  follow: { messages: 3, lastsMs: MINUTE_MS },
  scan: { messages: 3, lastsMs: MINUTE_MS },
};

/** A person's windows, by what opened them; doing it again opens a full one anew. */
export type Windows = Partial<Record<WindowTrigger, { left: number; until: number }>>;

/** The windows after somebody did something. */
export function openWindow(windows: Windows | null, trigger: WindowTrigger, nowMs: number): Windows {
  const { messages, lastsMs } = ALLOWANCES[trigger];
  return { ...windows, [trigger]: { left: messages, until: nowMs + lastsMs } };
}

/**
 * Takes one message from the window that closes first: 0, 45015 when no window is open, 45047 when the open ones are used
 * up and `isCounted`.
 */
export function takeFromWindow(windows: Windows | null, nowMs: number, isCounted: boolean): number {
  const open = Object.values(windows ?? {}).filter((window) => window.until > nowMs);
  if (open.length === 0) {
    return 45015;
  }
  const [first] = open.filter((window) => window.left > 0).sort((one, other) => one.until - other.until);
  if (first) {
    first.left -= 1;
    return 0;
  }
  return isCounted ? 45047 : 0;
}
