/** Numbers about many measurements: percentiles and means. */

/** The usual percentiles of some times, in the unit of the input. */
export interface Percentiles {
  count: number;
  p50: number;
  p90: number;
  p99: number;
  max: number;
}

/** Sorts a copy and reads the percentiles; all are NaN where there is nothing. */
export function percentilesOf(values: readonly number[]): Percentiles {
  const sorted = Float64Array.from(values).sort();
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
  return { count: sorted.length, p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1) };
}

/** The middle value: one round that a neighbour disturbed does not move it. */
export function medianOf(values: readonly number[]): number {
  return percentilesOf(values).p50;
}
