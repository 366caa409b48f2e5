/** Understands the English phrases by which ntfy's callers name a time: `10am`, `tomorrow, 8:30pm`, `Tuesday, 7am`. */
import { chinaDayStart, formatChinaTime } from '#src/lib/china-time.js';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const WEEK = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const DAY = /^(today|tomorrow|(?:sun|mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?)(?:day)?)(?:,?\s+|$)/;
/** A number alone is no time of day: it could be anything. */
const TIME = /^(?:at\s+)?(?:(\d{1,2})(?::(\d\d))?\s*([ap])m|(\d{1,2}):(\d\d))$/;

/**
 * The time that a phrase means, as clocks in China show it, in milliseconds since the epoch; null for what is no such
 * phrase. A day without a time is that day at this very time; a weekday is the next one that is not over yet.
 */
export function readPhrase(phrase: string, nowMs: number): number | null {
  const text = phrase.toLowerCase();
  const [start = '', day = ''] = DAY.exec(text) ?? [];
  const rest = text.slice(start.length);
  const today = chinaDayStart(nowMs);
  const intoDay = rest === '' && day !== '' ? nowMs - today : readTime(rest);
  if (intoDay === null) {
    return null;
  }
  const due = today + readDay(day, nowMs) * DAY_MS + intoDay;
  const isOver = WEEK.includes(day.slice(0, 3)) && due <= nowMs;
  return isOver ? due + WEEK.length * DAY_MS : due;
}

/** How many days from today. */
function readDay(day: string, nowMs: number): number {
  const wanted = WEEK.indexOf(day.slice(0, 3));
  if (wanted < 0) {
    return day === 'tomorrow' ? 1 : 0;
  }
  const today = new Date(formatChinaTime(new Date(nowMs)).slice(0, 10)).getUTCDay();
  return (wanted - today + WEEK.length) % WEEK.length;
}

/** Milliseconds from midnight; null for no time of day. */
function readTime(text: string): number | null {
  const [, half, halfMinute = '0', noon, hour, minute] = TIME.exec(text) ?? [];
  if (half !== undefined) {
    const hours = Number(half);
    return hours < 1 || hours > 12 ? null : toMs((hours % 12) + (noon === 'p' ? 12 : 0), Number(halfMinute));
  }
  return hour === undefined || Number(hour) > 23 ? null : toMs(Number(hour), Number(minute));
}

function toMs(hours: number, minutes: number): number | null {
  return minutes > 59 ? null : (hours * 60 + minutes) * MINUTE_MS;
}
