/** Lays out small figures, bars and lines, which the template `parts/bars` draws as SVG. */

/** One value of a figure. */
export interface Point {
  /** What the value belongs to, shown when it is pointed at. */
  label: string;
  /** Null: nothing was measured, which is not nought. */
  value: number | null;
}

/** A figure in a view box of `width` by `height`. */
export interface Figure {
  width: number;
  height: number;
  peak: number;
  bars: { x: number; y: number; width: number; height: number; label: string; value: number | null }[];
  /** The same as lines: points of SVG polylines, one for each stretch that was measured without a gap. */
  lines: string[];
  first: string;
  last: string;
}

const STEP = 10;
const GAP = 3;
const HEIGHT = 60;
/** A bar with anything in it is visible beside one of millions. */
const LEAST = 2;
const EMPTY = 0.75;

/** Lays out values, oldest first; negative ones count as 0, and what was not measured leaves a gap. */
export function layOutBars(points: readonly Point[]): Figure {
  const peak = Math.max(0, ...points.map(({ value }) => value ?? 0));
  const heightOf = (value: number | null): number =>
    value !== null && value > 0 && peak > 0 ? Math.max(LEAST, round((value / peak) * HEIGHT)) : EMPTY;
  const bars = points.map(({ label, value }, at) => ({
    x: at * STEP + GAP / 2,
    y: round(HEIGHT - heightOf(value)),
    width: STEP - GAP,
    height: heightOf(value),
    label,
    value: value === null ? null : Math.max(0, value),
  }));
  return {
    width: Math.max(1, points.length) * STEP,
    height: HEIGHT,
    peak,
    bars,
    lines: drawLines(bars),
    first: points[0]?.label ?? '',
    last: points.at(-1)?.label ?? '',
  };
}

/** A stretch of one value is as wide as its bar, or nobody would see it. */
function drawLines(bars: Figure['bars']): string[] {
  const stretches: Figure['bars'][] = [[]];
  for (const bar of bars) {
    if (bar.value === null) {
      stretches.push([]);
    } else {
      stretches.at(-1)?.push(bar);
    }
  }
  return stretches
    .filter((stretch) => stretch.length > 0)
    .map((stretch) =>
      stretch.length === 1
        ? stretch.map(({ x, y, width }) => `${x},${y} ${x + width},${y}`).join('')
        : stretch.map(({ x, y, width }) => `${round(x + width / 2)},${y}`).join(' '),
    );
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
