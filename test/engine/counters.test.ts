/** The counters in the text form that Prometheus reads. */
import { expect, it } from 'vitest';
import { createCounters } from '#src/engine/counters.js';

it('counts tries by account and outcome, endpoints together, so that labels stay few', () => {
  const counters = createCounters();
  counters.countTry('wechat', { kind: 'sent' }, 40);
  counters.countTry('wechat#bulk', { kind: 'sent' }, 400);
  counters.countTry('callback:1', { kind: 'retry', why: 'x' }, 20_000);
  counters.countTry('callback:2', { kind: 'retry', why: 'x' }, 1);
  const text = counters.write([]);
  expect(text).toContain('qingniao_tries_total{queue="wechat",outcome="sent"} 2\n');
  expect(text).toContain('qingniao_tries_total{queue="callback",outcome="retry"} 2\n');
  expect(text).toContain('qingniao_try_seconds_bucket{queue="wechat",le="0.05"} 1\n');
  expect(text).toContain('qingniao_try_seconds_bucket{queue="wechat",le="0.5"} 2\n');
  expect(text).toContain('qingniao_try_seconds_bucket{queue="callback",le="10"} 1\n');
  expect(text).toContain('qingniao_try_seconds_bucket{queue="callback",le="+Inf"} 2\n');
  expect(text).toContain('qingniao_try_seconds_sum{queue="wechat"} 0.44\n');
  expect(text).toContain('qingniao_try_seconds_count{queue="wechat"} 2\n');
});

it('shows gauges beside them, and no label can break the text', () => {
  const text = createCounters().write([
    { name: 'a', help: 'A.', values: [{ value: 1 }] },
    { name: 'b', help: 'B.', values: [{ labels: { why: 'x"y\n\\z', queue: 'q' }, value: 2 }] },
  ]);
  expect(text).toContain('# HELP a A.\n# TYPE a gauge\na 1\n');
  expect(text).toContain('b{why="x_y__z",queue="q"} 2\n');
  expect(
    text
      .split('\n')
      .every((line) => line === '' || line.startsWith('#') || /^\w+(\{[^{}]*\})? \S+$/.test(line)),
  ).toBe(true);
});
