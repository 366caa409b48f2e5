/** Counts and times what the server does, for operators: from taking a message in to the platform's answer. */
import type { DeliveryEnd } from '#src/core/figures.js';
import type { Outcome } from '#src/core/types.js';
import { createCounter, createHistogram, type Gauge, writeGauge } from '#src/lib/prometheus.js';
import { kindOf } from './send-windows.js';

/** The counters of one process. */
export type Counters = ReturnType<typeof createCounters>;

/** Upper bounds in seconds: of what a caller waits for, of what a platform takes, of a message's whole way. */
const ACCEPT_BOUNDS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
const TRY_BOUNDS_S = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const WAY_BOUNDS_S = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 3600, 21_600, 86_400];
const COMMIT_BOUNDS_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5];

/** Makes the counters. */
export function createCounters() {
  const accepted = createHistogram(
    { name: 'qingniao_accept_seconds', help: 'From a message at the front desk to its commit, by door.' },
    ACCEPT_BOUNDS_S,
  );
  const tries = createCounter({
    name: 'qingniao_tries_total',
    help: 'Tries of deliveries by queue and outcome.',
  });
  const trySeconds = createHistogram(
    { name: 'qingniao_try_seconds', help: "Duration of tries: the platform's latency." },
    TRY_BOUNDS_S,
  );
  const ends = createCounter({
    name: 'qingniao_deliveries_total',
    help: 'Deliveries that came to their end, by channel and state.',
  });
  const way = createHistogram(
    { name: 'qingniao_delivery_seconds', help: 'From a delivery being made to the platform accepting it.' },
    WAY_BOUNDS_S,
  );
  const commits = createHistogram(
    { name: 'qingniao_commit_seconds', help: 'Duration of commits to the database.' },
    COMMIT_BOUNDS_S,
  );
  const failedCommits = createCounter({
    name: 'qingniao_commits_failed_total',
    help: 'Commits that the database refused.',
  });
  // Counters that an alert watches are there from the start: a rate needs a first value.
  failedCommits.add({}, 0);
  ends.add({ channel: 'wechat', state: 'unknown' }, 0);

  return {
    /** A message was taken in. */
    countAccept: (source: string, tookMs: number): void => accepted.observe({ source }, tookMs / 1000),
    /** One finished try. Accounts and endpoints of a kind are counted together, so that labels stay few. */
    countTry(queue: string, outcome: Outcome, tookMs: number): void {
      const kind = kindOf(queue);
      tries.add({ queue: kind, outcome: outcome.kind });
      trySeconds.observe({ queue: kind }, tookMs / 1000);
    },
    /** A delivery that was sent, has failed, or of whose fate nobody knows. */
    countEnd({ channel, state, tookMs }: DeliveryEnd): void {
      ends.add({ channel, state });
      if (state === 'sent') {
        way.observe({ channel }, tookMs / 1000);
      }
    },
    /** One commit. */
    countCommit(tookMs: number, isGood: boolean): void {
      commits.observe({}, tookMs / 1000);
      failedCommits.add({}, isGood ? 0 : 1);
    },
    /** All counters and the given gauges as Prometheus text. */
    write(gauges: readonly Gauge[]): string {
      const metrics = [accepted, tries, trySeconds, ends, way, commits, failedCommits];
      const lines = [...metrics.flatMap((metric) => metric.write()), ...gauges.flatMap(writeGauge)];
      return `${lines.join('\n')}\n`;
    },
  };
}
