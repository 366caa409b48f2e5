/** Says when something was, the way a chat does. */

const DAY_MS = 86_400_000;
const WEEKDAYS = ['星期日', '星期一', '星期二', '星期三', '星期四', '星期五', '星期六'];

/** Milliseconds since the epoch of a time given as a number (seconds or milliseconds) or as text; 0 when unreadable. */
export function toMs(at) {
  if (typeof at === 'number') {
    return at < 100_000_000_000 ? at * 1000 : at;
  }
  const ms = Date.parse(at);
  return Number.isNaN(ms) ? 0 : ms;
}

/** `09:41` today, `昨天 09:41`, `星期三 09:41` within a week, else the date before it. */
export function chatTime(ms, nowMs) {
  const time = new Date(ms);
  const clock = clockTime(ms);
  const days = Math.round((startOfDay(nowMs) - startOfDay(ms)) / DAY_MS);
  if (days <= 0) {
    return clock;
  }
  if (days === 1) {
    return `昨天 ${clock}`;
  }
  if (days < 7) {
    return `${WEEKDAYS[time.getDay()]} ${clock}`;
  }
  const date = `${time.getMonth() + 1}月${time.getDate()}日 ${clock}`;
  return time.getFullYear() === new Date(nowMs).getFullYear() ? date : `${time.getFullYear()}年${date}`;
}

/** `09:41`. */
export function clockTime(ms) {
  const time = new Date(ms);
  return `${String(time.getHours()).padStart(2, '0')}:${String(time.getMinutes()).padStart(2, '0')}`;
}

function startOfDay(ms) {
  const time = new Date(ms);
  return new Date(time.getFullYear(), time.getMonth(), time.getDate()).getTime();
}
