/** The server's numbers over time, why deliveries failed, and the queues that rest. */
import { z } from 'zod';
import { FIGURE_RANGES, type FigureRangeName, type FigureStep } from '#src/core/figures.js';
import { nameChannels } from '#src/web/console/channel-titles.js';
import type { ConsoleModule, ConsoleVisit } from '#src/web/console/module.js';
import { formatChinaTime } from '#src/web/pages/china-time.js';
import { layOutBars } from '#src/web/session/bars.js';
import { textField } from '#src/web/session/form.js';
import { operatorPages } from './desk.js';
import { NUMBERS_WORDS } from './numbers-words.js';

const PATH = '/console/numbers';
const BARS = ['accepted', 'delivered', 'failed'] as const;
const LINES = ['p50Ms', 'p99Ms', 'queue'] as const;
const COLUMNS = [...BARS, ...LINES, 'callbacks', 'callbacksFailed'] as const;

type Visit = ConsoleVisit<keyof typeof NUMBERS_WORDS>;

/** The page at /console/numbers. */
export const numbersModule: ConsoleModule = {
  menu: [{ path: PATH, label: NUMBERS_WORDS.numbers, group: 'operator' }],
  mount(desk, { core, resumeQueue }) {
    const { get, post } = operatorPages(desk, NUMBERS_WORDS);
    get(PATH, async (visit) => {
      const range = readRange(visit.query('range'));
      // What was counted since the last minute belongs to what is shown.
      await core.figures.writeDown();
      const [figures, overview] = await Promise.all([core.figures.readRange(range), core.overview.read()]);
      visit.show({
        template: 'op-numbers',
        title: visit.t('numbers'),
        values: {
          styles: ['operator.css'],
          tabs: (Object.keys(FIGURE_RANGES) as FigureRangeName[]).map((name) => ({
            path: `${PATH}?range=${name}`,
            label: visit.t(`range${name}`),
            isCurrent: name === range,
          })),
          counts: listCounts(visit, figures.whole, overview.queue.due, figures.quotaLeft),
          drawings: drawSteps(visit, figures.steps, range),
          columns: COLUMNS,
          steps: figures.steps.map((step) => ({ ...step, label: labelOf(step.at, range) })),
          reasons: figures.reasons,
          rests: overview.rests,
          titleOf: nameChannels(core, visit.language),
          say: (words: readonly [string, string]) => words[visit.language === 'zh' ? 0 : 1],
        },
      });
    });
    post(`${PATH}/resume`, (visit) =>
      visit.submit(
        z.object({ queue: textField(200, 1) }),
        async ({ queue }) => {
          await resumeQueue(queue);
          core.overview.forget();
          await visit.audit('queue.resume', queue);
          visit.flash('good', visit.t('resumed', { queue }));
          visit.redirect(PATH);
        },
        () => visit.redirect(PATH),
      ),
    );
  },
};

function readRange(text: string): FigureRangeName {
  return text === 'week' || text === 'month' ? text : 'day';
}

/** `13:00`, `09-28 06:00` or `09-28`. */
function labelOf(at: Date, range: FigureRangeName): string {
  const time = formatChinaTime(at);
  return range === 'day' ? time.slice(11, 16) : range === 'week' ? time.slice(5, 16) : time.slice(5, 10);
}

function listCounts({ t }: Visit, whole: FigureStep, due: number, quotaLeft: number | null) {
  const ms = (value: number | null): string => (value === null ? '—' : formatMs(value));
  const count = (value: number): string => value.toLocaleString('en-US');
  return [
    { label: t('accepted'), value: count(whole.accepted), isBad: false },
    { label: t('delivered'), value: count(whole.delivered), isBad: false },
    { label: t('failed'), value: count(whole.failed), isBad: whole.failed > 0 },
    { label: t('unknown'), value: count(whole.unknown), isBad: whole.unknown > 0 },
    { label: t('p50Ms'), value: ms(whole.p50Ms), isBad: false },
    { label: t('p99Ms'), value: ms(whole.p99Ms), isBad: false },
    { label: t('queueNow'), value: count(due), isBad: false },
    {
      label: t('quotaLeft'),
      value: quotaLeft === null ? '—' : count(quotaLeft),
      isBad: quotaLeft === 0,
    },
  ];
}

function formatMs(ms: number): string {
  return ms < 1000
    ? `${ms} ms`
    : ms < 60_000
      ? `${(ms / 1000).toFixed(1)} s`
      : `${Math.round(ms / 60_000)} min`;
}

function drawSteps({ t }: Visit, steps: readonly FigureStep[], range: FigureRangeName) {
  const draw = (name: (typeof BARS)[number] | (typeof LINES)[number], kind: 'bars' | 'line') => {
    const points = steps.map((step) => ({ label: labelOf(step.at, range), value: step[name] }));
    const unit = name.endsWith('Ms') ? ` (${t('milliseconds')})` : '';
    return { kind, name, figure: { title: `${t(name)}${unit}`, ...layOutBars(points) } };
  };
  return [...BARS.map((name) => draw(name, 'bars')), ...LINES.map((name) => draw(name, 'line'))];
}
