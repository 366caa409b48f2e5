/** One reader cannot stop the server: while the worst pages are opened, health checks and WeChat's pushes are answered. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderMarkdown } from '#src/lib/markdown.js';
import { createBodyRenderer } from '#src/web/pages/message-body.js';
import { HOSTILE_MARKUP } from '#test/support/hostile-markup.js';
import { type Answer, ask } from '#test/support/http.js';
import { openWorld, type World } from '#test/support/world.js';

const PAGES = 50;
/** Opened at once: more than these wait in turn. */
const AT_ONCE = 8;
const TIMEOUT_MS = 300_000;
/** The worst of each kind that the review found, and the worst since. */
const WORST = [
  'a table of 2,000 columns',
  'a table of 100 columns and short rows',
  'open bold tags',
  'half pictures',
  'definitions',
].map((name) => HOSTILE_MARKUP[name] ?? '');

let w: World;
let urls: string[];
let aloneMs: number;
beforeAll(async () => {
  aloneMs = measureAlone();
  w = await openWorld();
  await w.phone('Ming').follows();
  await w.phone('Hua').follows();
  const uid = await w.phone('Ming').uid();
  const { key } = (await w.admin(`/users/${uid}/keys`, { kind: 'spt' })).json as { key: string };
  for (let at = 0; at < PAGES; at += 1) {
    // No two are the same, so that none is remembered.
    const content = `${at}\n\n${WORST[at % WORST.length]}`.slice(0, 40_000);
    const sent = await w.call('/api/send/message/simple-push', {
      body: { content, spt: key, contentType: 3, summary: 's' },
    });
    expect(sent.json).toMatchObject({ code: 1000 });
  }
  await w.drain();
  urls = (await w.phone('Ming').cards()).flatMap(({ url }) => url ?? []);
  expect(urls).toHaveLength(PAGES);
}, TIMEOUT_MS);
afterAll(() => w.close());

/** What the worst page would cost the event loop if it were rendered there, on this machine, now. */
function measureAlone(): number {
  const times = [0, 1, 2].map(() => {
    const began = performance.now();
    renderMarkdown(HOSTILE_MARKUP['a table of 100 columns and short rows'] ?? '');
    return performance.now() - began;
  });
  return Math.min(...times);
}

/** Asks again and again until `done`; how long each answer took, in milliseconds. */
async function timesUntil(done: Promise<unknown>, call: () => Promise<unknown>): Promise<number[]> {
  let isDone = false;
  void done.finally(() => (isDone = true));
  const times: number[] = [];
  while (!isDone) {
    const began = performance.now();
    await call();
    times.push(performance.now() - began);
  }
  return times.sort((a, b) => a - b);
}

const p99 = (sorted: readonly number[]): number => sorted[Math.floor(sorted.length * 0.99)] ?? 0;

/** Opens all pages, some at once. */
async function openAll(): Promise<Answer[]> {
  const left = [...urls];
  const answers: Answer[] = [];
  const openNext = async (): Promise<void> => {
    for (let url = left.pop(); url !== undefined; url = left.pop()) {
      answers.push(await ask(url));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, openNext));
  return answers;
}

it(
  'fifty of the worst pages are shown while the server answers others',
  async () => {
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    const opened = openAll();
    const [health, pushes, answers] = await Promise.all([
      timesUntil(opened, () => w.call('/healthz')),
      timesUntil(opened, () => w.phone('Hua').says('help')),
      opened,
    ]);
    delay.disable();
    expect(answers.map(({ status }) => status)).toEqual(urls.map(() => 200));
    expect(answers.filter(({ text }) => text.includes('以纯文本显示')).length).toBeGreaterThan(PAGES / 2);
    // Rendered on the event loop each page would hold all of them up for so long, one after the other.
    const held = { health: p99(health), pushes: p99(pushes), loop: delay.percentile(99) / 1e6 };
    const bound = Math.max(100, aloneMs);
    expect(held.health, JSON.stringify({ held, aloneMs })).toBeLessThan(bound);
    expect(held.loop).toBeLessThan(bound);
    expect(held.pushes).toBeLessThan(2 * bound);
    expect(health.length).toBeGreaterThan(PAGES);
  },
  TIMEOUT_MS,
);

it(
  'all at once they are shown too: those that would wait for long as text, and formatted when they are opened again',
  async () => {
    await w.restart();
    const [answers, health] = await (async () => {
      const opened = Promise.all(urls.map((url) => ask(url)));
      return [await opened, await timesUntil(opened, () => w.call('/healthz'))] as const;
    })();
    expect(answers.map(({ status }) => status)).toEqual(urls.map(() => 200));
    const busy = answers.filter(({ text }) => text.includes('现在打开的页面太多'));
    expect(busy.length).toBeGreaterThan(0);
    expect(busy.length).toBeLessThan(PAGES);
    expect(health.length).toBeGreaterThan(0);
    const again = await ask(urls[answers.indexOf(busy[0] as Answer)] ?? '');
    expect(again.text).not.toContain('现在打开的页面太多');
  },
  TIMEOUT_MS,
);

describe('a body', () => {
  it('that cannot be rendered is shown as text, once and for all', async () => {
    let asked = 0;
    const render = createBodyRenderer({
      run: () => {
        asked += 1;
        return Promise.reject(new Error('stuck'));
      },
    });
    const body = WORST[0] ?? '';
    for (let time = 0; time < 2; time += 1) {
      expect(await render(body, 'markdown')).toMatchObject({ kind: 'plain', note: 'tooMuch' });
    }
    expect(asked).toBe(1);
  });

  it('that many open at the same moment is rendered once', async () => {
    let asked = 0;
    const made = { html: '<p>x</p>', kind: 'rich', ownColors: false, rest: '', note: null } as const;
    const render = createBodyRenderer({
      run: async () => {
        asked += 1;
        return made;
      },
    });
    const all = await Promise.all([1, 2, 3].map(() => render(WORST[0] ?? '', 'markdown')));
    expect([asked, new Set(all).size]).toEqual([1, 1]);
  });

  it('of an ordinary message is rendered at once, without the thread', async () => {
    const render = createBodyRenderer({ run: () => Promise.reject(new Error('not asked')) });
    const body = '# 报告\n\n| 主机 | 状态 |\n|--|--|\n| db-1 | ok |\n\n- [日志](https://log.example)';
    expect(await render(body, 'markdown')).toMatchObject({ kind: 'rich', note: null });
  });
});
