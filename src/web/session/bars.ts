/** Lays out small figures, bars and lines, which the template `parts/bars` draws as SVG. */

/** One value of a figure. */
export interface Point {
  /** What the value belongs to, shown when it is pointed at. */
  label: string;
  value: number;
}

/** A figure in a view box of `width` by `height`. */
export interface Figure {
  width: number;
  height: number;
  peak: number;
  bars: { x: number; y: number; width: number; height: number; label: string; value: number }[];
  /** The same as a line: points of an SVG polyline. */
  line: string;
  first: string;
  last: string;
}

const STEP = 10;
const GAP = 3;
const HEIGHT = 60;
/** A bar with anything in it is visible beside one of millions. */
const LEAST = 2;
const EMPTY = 0.75;

/** Lays out values, oldest first; negative ones count as 0. */
export function layOutBars(points: readonly Point[]): Figure {
  const peak = Math.max(0, ...points.map(({ value }) => value));
  const heightOf = (value: number): number =>
    value > 0 && peak > 0 ? Math.max(LEAST, round((value / peak) * HEIGHT)) : EMPTY;
  const bars = points.map(({ label, value }, at) => ({
    x: at * STEP + GAP / 2,
    y: round(HEIGHT - heightOf(value)),
    width: STEP - GAP,
    height: heightOf(value),
    label,
    value: Math.max(0, value),
  }));
  return {
    width: Math.max(1, points.length) * STEP,
    height: HEIGHT,
    peak,
    bars,
    line: bars.map((bar) => `${round(bar.x + bar.width / 2)},${bar.y}`).join(' '),
    first: points[0]?.label ?? '',
    last: points.at(-1)?.label ?? '',
  };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
