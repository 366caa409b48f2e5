/** Lays out the small bar figure of the last hours; the template draws it. */

/** One bar of the figure, in the figure's own units (`width` of the view box is `24 * 10`). */
export interface HourBar {
  x: number;
  y: number;
  width: number;
  height: number;
  count: number;
  /** 0 is the running hour. */
  hoursAgo: number;
}

/** The figure: bars from the oldest to the running hour, in a view box of `width` by `height`. */
export interface HoursFigure {
  width: number;
  height: number;
  peak: number;
  bars: HourBar[];
}

const STEP = 10;
const GAP = 3;
const HEIGHT = 56;
/** An hour with anything in it is visible beside one with millions. */
const LEAST = 2;

/** Lays out counts per hour, oldest first; the last 24 count. */
export function layOutHours(perHour: readonly number[]): HoursFigure {
  const counts = perHour.slice(-24).map((count) => Math.max(0, count));
  const peak = Math.max(0, ...counts);
  const bars = counts.map((count, index) => {
    const height = count === 0 ? 0.75 : Math.max(LEAST, Math.round((count / peak) * HEIGHT * 10) / 10);
    return {
      x: index * STEP + GAP / 2,
      y: Math.round((HEIGHT - height) * 100) / 100,
      width: STEP - GAP,
      height,
      count,
      hoursAgo: counts.length - 1 - index,
    };
  });
  return { width: counts.length * STEP, height: HEIGHT, peak, bars };
}
