/** The self-check: the whole installation as its operator would test it, line by line, with the remedy beside each. */
import { notFound } from '#src/core/errors.js';
import { inLanguage } from '#src/lib/in-language.js';
import { type ConsoleModule, type ConsoleVisit, requireOperator } from '#src/web/console/module.js';
import { CHECKS, runCheck } from './checks.js';
import type { Check, CheckNeeds, Finding } from './finding.js';
import { SELF_CHECK_WORDS, type SelfCheckKey } from './self-check-words.js';
import { mountTemplateAssistant } from './template-page.js';

const PATH = '/console/self-check';
const GROUPS = { wechat: 'groupWechat', server: 'groupServer', others: 'groupOthers' } as const;

type Visit = ConsoleVisit<SelfCheckKey>;

/** The pages below /console/self-check. */
export const selfCheckModule: ConsoleModule = {
  menu: [{ path: PATH, label: SELF_CHECK_WORDS.selfCheck, group: 'operator' }],
  mount(desk, { core, publicUrl, sandbox, selfCheck: outside }) {
    const needs: CheckNeeds = { core, outside, publicUrl, sandbox };
    const { get, post } = desk.pages(SELF_CHECK_WORDS);
    get(PATH, (visit) => {
      requireOperator(visit);
      showLines(visit, new Map());
    });
    post(`${PATH}/run`, async (visit) => {
      requireOperator(visit);
      const found = await Promise.all(CHECKS.map((check) => find(visit, check, needs)));
      showLines(visit, new Map(CHECKS.map((check, at) => [check.id, found[at]])));
    });
    post(`${PATH}/run/:id`, async (visit) => {
      requireOperator(visit);
      const check = CHECKS.find(({ id }) => id === visit.param('id'));
      if (!check) {
        throw notFound('检查项 Check');
      }
      visit.json(toLine(visit, check, await find(visit, check, needs)));
    });
    post(`${PATH}/menu`, async (visit) => {
      requireOperator(visit);
      const told = await outside.wechat.createMenu();
      if (told.ok) {
        await visit.audit('menu.create');
        visit.flash('good', visit.t('menuMade'));
      } else {
        visit.flash('bad', visit.t('notMade', { why: inLanguage(told.advice || told.why, visit.language) }));
      }
      visit.redirect(PATH);
    });
    mountTemplateAssistant(desk, needs);
  },
};

function find(visit: Visit, check: Check, needs: CheckNeeds): Promise<Finding> {
  return runCheck(check, needs, (error) =>
    visit.ctx.state.log?.error('a self-check met a bug', { check: check.id, error }),
  );
}

function showLines(visit: Visit, found: ReadonlyMap<string, Finding | undefined>): void {
  const { t } = visit;
  const lines = CHECKS.map((check) => ({ group: check.group, ...toLine(visit, check, found.get(check.id)) }));
  const count = (light: string) => lines.filter((line) => line.light === light).length;
  const [bad, warn] = [count('bad'), count('warn')];
  visit.show({
    template: 'self-check',
    title: t('selfCheck'),
    policy: { connect: true },
    values: {
      isRun: found.size > 0,
      summary: bad + warn === 0 ? t('summaryGood') : t('summary', { bad, warn }),
      mood: bad > 0 ? 'bad' : warn > 0 ? 'warn' : 'good',
      groups: Object.entries(GROUPS).map(([group, key]) => ({
        title: t(key),
        lines: lines.filter((line) => line.group === group),
      })),
    },
  });
}

/** A line as page and script show it. */
function toLine({ language, t }: Visit, { id, title }: Check, finding: Finding | undefined) {
  return {
    id,
    title: title[language],
    light: finding?.light ?? 'waiting',
    label: t(finding?.light ?? 'waiting'),
    found: finding?.found[language] ?? '',
    remedy: finding?.remedy?.[language] ?? '',
    action: finding?.action ?? '',
  };
}
