/** Quiet hours: the part of the day in which a person gets urgent messages only. */
import type { CoreDeps } from './deps.js';
import { AppError, notFound } from './errors.js';

/** Times of the day in China as `HH:MM`; the second may be the earlier one, for hours that pass midnight. */
export interface QuietHours {
  from: string;
  to: string;
}

/** The verbs of quiet hours. */
export type QuietHoursVerbs = ReturnType<typeof createQuietHours>;

const DAY_MINUTES = 24 * 60;

/** Makes the verbs of quiet hours. */
export function createQuietHours({ db }: CoreDeps) {
  /** A person's quiet hours, or null where there are none. Throws not_found. */
  async function getHours(personId: number): Promise<QuietHours | null> {
    const row = await db.person.findUnique({ where: { id: BigInt(personId) } });
    if (!row) {
      throw notFound('用户 User');
    }
    const { quietFrom, quietTo } = row;
    return quietFrom === null || quietTo === null
      ? null
      : { from: writeMinute(quietFrom), to: writeMinute(quietTo) };
  }

  /** Sets a person's quiet hours, or ends them. Throws bad_field. */
  async function setHours(personId: number, hours: QuietHours | null): Promise<void> {
    const data = hours ? readHours(hours) : { quietFrom: null, quietTo: null };
    await db.person.updateMany({ where: { id: BigInt(personId) }, data });
  }

  return { getHours, setHours };
}

/** Reads both times as minutes of the day. Throws bad_field naming the field. */
export function readHours({ from, to }: QuietHours): { quietFrom: number; quietTo: number } {
  const quietFrom = readMinute('quietFrom', from);
  const quietTo = readMinute('quietTo', to);
  if (quietFrom === quietTo) {
    const detail =
      '开始与结束不能相同；整天不收请用 paused The times must differ; to get nothing at all use `paused`';
    throw new AppError('bad_field', { field: 'quietTo', detail });
  }
  return { quietFrom, quietTo };
}

function readMinute(field: string, text: string): number {
  const [, hours = '', minutes = ''] = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(text) ?? [];
  const minute = hours === '' ? Number.NaN : Number(hours) * 60 + Number(minutes);
  if (!(minute >= 0 && minute < DAY_MINUTES)) {
    throw new AppError('bad_field', { field, detail: '形如 22:30 as in 22:30' });
  }
  return minute;
}

function writeMinute(minute: number): string {
  const two = (part: number): string => String(part).padStart(2, '0');
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
}
