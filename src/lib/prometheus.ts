/** Counts and times in the text form that Prometheus reads (exposition format 0.0.4). */

/** The labels of a value; characters that could break the text are replaced. */
export type Labels = Readonly<Record<string, string>>;

/** A fact of the moment. */
export interface Gauge {
  name: string;
  help: string;
  values: readonly { labels?: Labels; value: number }[];
}

/** What a metric is called, and what it says. */
export interface MetricHead {
  name: string;
  help: string;
}

/** More different labels than this are counted together: nobody may fill the memory with names. */
const MOST_SERIES = 500;
const OTHER = 'other';

/** Makes a number that only grows, one for each set of labels. */
export function createCounter({ name, help }: MetricHead) {
  const values = new Map<string, number>();
  return {
    add(labels: Labels, by = 1): void {
      const key = seriesOf(values, labels);
      values.set(key, (values.get(key) ?? 0) + by);
    },
    write: (): string[] => [
      ...headOf(name, help, 'counter'),
      ...[...values].map(([key, value]) => `${name}${braces(key)} ${value}`),
    ],
  };
}

interface Times {
  /** How many lie at or below each bound. */
  below: number[];
  count: number;
  sum: number;
}

/** Makes a histogram, one for each set of labels. `bounds` are the upper bounds of its buckets, in seconds, ascending. */
export function createHistogram({ name, help }: MetricHead, bounds: readonly number[]) {
  const series = new Map<string, Times>();
  return {
    /** Adds one time. */
    observe(labels: Labels, seconds: number): void {
      const key = seriesOf(series, labels);
      const times = series.get(key) ?? { below: bounds.map(() => 0), count: 0, sum: 0 };
      for (let at = bounds.length - 1; at >= 0 && seconds <= (bounds[at] ?? 0); at -= 1) {
        times.below[at] = (times.below[at] ?? 0) + 1;
      }
      times.count += 1;
      times.sum += seconds;
      series.set(key, times);
    },
    write: (): string[] => [
      ...headOf(name, help, 'histogram'),
      ...[...series].flatMap(([key, { below, count, sum }]) => [
        ...bounds.map((bound, at) => `${name}_bucket${braces(key, `le="${bound}"`)} ${below[at] ?? 0}`),
        `${name}_bucket${braces(key, 'le="+Inf"')} ${count}`,
        `${name}_sum${braces(key)} ${sum}`,
        `${name}_count${braces(key)} ${count}`,
      ]),
    ],
  };
}

/** The lines of a gauge. */
export function writeGauge({ name, help, values }: Gauge): string[] {
  const rows = values.map(({ labels = {}, value }) => `${name}${braces(keyOf(labels))} ${value}`);
  return [...headOf(name, help, 'gauge'), ...rows];
}

function seriesOf(known: ReadonlyMap<string, unknown>, labels: Labels): string {
  const key = keyOf(labels);
  const isRoom = known.has(key) || known.size < MOST_SERIES;
  return isRoom ? key : keyOf(Object.fromEntries(Object.keys(labels).map((name) => [name, OTHER])));
}

function keyOf(labels: Labels): string {
  const parts = Object.entries(labels).map(
    ([name, label]) => `${name}="${label.replace(/["\\\n{}]/g, '_')}"`,
  );
  return parts.join(',');
}

function braces(...parts: readonly string[]): string {
  const inside = parts.filter((part) => part !== '').join(',');
  return inside === '' ? '' : `{${inside}}`;
}

function headOf(name: string, help: string, type: string): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`];
}
