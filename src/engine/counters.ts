/** Counts what the engine does, and writes the counts in the form that Prometheus reads. */
import type { Outcome } from '#src/core/types.js';
import { accountOf } from './limits.js';

/** A fact of the moment to show beside the counters. */
export interface Gauge {
  name: string;
  help: string;
  values: readonly { labels?: Readonly<Record<string, string>>; value: number }[];
}

/** The counters of one process. */
export type Counters = ReturnType<typeof createCounters>;

/** Upper bounds of the histogram of try durations, in seconds. */
const BOUNDS_S = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Makes the counters. */
export function createCounters() {
  const tries = new Map<string, number>();
  const buckets = new Map<string, number[]>();

  /** Counts one finished try. */
  function countTry(queue: string, outcome: Outcome, tookMs: number): void {
    const kind = queue.startsWith('callback:') ? 'callback' : accountOf(queue);
    const key = `queue="${kind}",outcome="${outcome.kind}"`;
    tries.set(key, (tries.get(key) ?? 0) + 1);
    const row = buckets.get(kind) ?? [...BOUNDS_S.map(() => 0), 0, 0];
    const seconds = tookMs / 1000;
    for (const [at, bound] of BOUNDS_S.entries()) {
      row[at] = (row[at] ?? 0) + (seconds <= bound ? 1 : 0);
    }
    row[BOUNDS_S.length] = (row[BOUNDS_S.length] ?? 0) + 1;
    row[BOUNDS_S.length + 1] = (row[BOUNDS_S.length + 1] ?? 0) + seconds;
    buckets.set(kind, row);
  }

  /** All counters and the given gauges as Prometheus text. */
  function write(gauges: readonly Gauge[]): string {
    const lines = [
      '# HELP qingniao_tries_total Tries of deliveries by queue and outcome.',
      '# TYPE qingniao_tries_total counter',
      ...[...tries].map(([labels, count]) => `qingniao_tries_total{${labels}} ${count}`),
      '# HELP qingniao_try_seconds Duration of tries.',
      '# TYPE qingniao_try_seconds histogram',
      ...[...buckets].flatMap(([kind, row]) => writeHistogram(kind, row)),
      ...gauges.flatMap(writeGauge),
    ];
    return `${lines.join('\n')}\n`;
  }

  return { countTry, write };
}

function writeHistogram(kind: string, row: readonly number[]): string[] {
  const count = row[BOUNDS_S.length] ?? 0;
  return [
    ...BOUNDS_S.map(
      (bound, at) => `qingniao_try_seconds_bucket{queue="${kind}",le="${bound}"} ${row[at] ?? 0}`,
    ),
    `qingniao_try_seconds_bucket{queue="${kind}",le="+Inf"} ${count}`,
    `qingniao_try_seconds_sum{queue="${kind}"} ${row[BOUNDS_S.length + 1] ?? 0}`,
    `qingniao_try_seconds_count{queue="${kind}"} ${count}`,
  ];
}

function writeGauge(gauge: Gauge): string[] {
  const rows = gauge.values.map(({ labels = {}, value }) => {
    const text = Object.entries(labels).map(([name, label]) => `${name}="${label.replace(/["\\\n]/g, '_')}"`);
    return `${gauge.name}${text.length > 0 ? `{${text.join(',')}}` : ''} ${value}`;
  });
  return [`# HELP ${gauge.name} ${gauge.help}`, `# TYPE ${gauge.name} gauge`, ...rows];
}
