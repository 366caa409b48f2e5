/** Keeps docs/alerts.yml and docs/running.md true: Prometheus takes the rules, and every metric they name is one that the server has. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openWorld, type World } from '#test/support/world.js';

let w: World;
beforeAll(async () => {
  w = await openWorld();
});
afterAll(() => w.close());

it.each(['alerts.yml', 'running.md'])('docs/%s names only metrics that there are', async (file) => {
  const text = readFileSync(fileURLToPath(new URL(`../../docs/${file}`, import.meta.url)), 'utf8');
  const named = new Set(text.match(/\bqingniao_[a-z_]+/g)?.map((name) => name.replace(/_bucket$/, '')));
  const { text: metrics } = await w.call('/metrics');
  const known = new Set([...metrics.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name));
  expect(named.size).toBeGreaterThan(10);
  expect([...named].filter((name) => !known.has(name))).toEqual([]);
});

/** Of the Debian package `prometheus`. */
const hasPromtool = spawnSync('promtool', ['--version']).status === 0;

it.skipIf(!hasPromtool)(
  `Prometheus itself takes the rules${hasPromtool ? '' : ' (skipped: promtool is not installed)'}`,
  () => {
    const path = fileURLToPath(new URL('../../docs/alerts.yml', import.meta.url));
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'rules', path], { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(stdout).toMatch(/SUCCESS: \d+ rules found/);
  },
);

it('each alert of the rules is explained, and none other', () => {
  const read = (file: string): string =>
    readFileSync(fileURLToPath(new URL(`../../docs/${file}`, import.meta.url)), 'utf8');
  const rules = [...read('alerts.yml').matchAll(/alert: (\w+)/g)].map(([, name]) => name);
  const explained = new Set(
    read('running.md')
      .match(/`Qingniao\w+`/g)
      ?.map((name) => name.slice(1, -1)),
  );
  expect([...explained].filter((name) => !rules.includes(name))).toEqual([]);
  expect(rules.filter((name) => name && !explained.has(name))).toEqual([]);
});
