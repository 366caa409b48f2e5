/** The template assistant: proposes what fills each keyword of a template, shows the card, and puts it to use. */

import { z } from 'zod';
import { AppError } from '#src/core/errors.js';
import { TEMPLATE_PARTS, type TemplateChoice } from '#src/core/template-choice.js';
import { type ConsoleDesk, type ConsoleVisit, requireOperator } from '#src/web/console/module.js';
import { textField } from '#src/web/session/form.js';
import type { CheckNeeds } from './finding.js';
import type { AccountTemplate, TemplateInUse } from './outside.js';
import { SELF_CHECK_WORDS, type SelfCheckKey } from './self-check-words.js';

const PATH = '/console/self-check/template';
/** Before a keyword's name in the form. */
const FIELD = 'part-';
const PART_WORDS = {
  title: 'partTitle',
  summary: 'partSummary',
  time: 'partTime',
  app: 'partApp',
  sender: 'partSender',
} as const satisfies Record<TemplateChoice['fields'][number]['part'], SelfCheckKey>;

type Visit = ConsoleVisit<SelfCheckKey>;
type ReadPart = (keyword: string) => string;

/** Mounts the page and its forms. */
export function mountTemplateAssistant(desk: ConsoleDesk, needs: CheckNeeds): void {
  const { get, post } = desk.pages(SELF_CHECK_WORDS);
  const { core } = needs;
  get(PATH, (visit) => {
    requireOperator(visit);
    return showAssistant(visit, needs, { id: visit.query('id'), readPart: () => '' });
  });
  post(PATH, async (visit) => {
    requireOperator(visit);
    const { values } = visit.form;
    const asked = { id: values.id ?? '', readPart: (keyword: string) => values[FIELD + keyword] ?? '' };
    if (values.preview !== undefined) {
      await showAssistant(visit, needs, asked);
      return;
    }
    await visit.submit(
      z.object({ id: textField(100, 1) }),
      async ({ id }) => {
        const { templates, inUse } = await readTemplates(needs);
        const template = templates.find((one) => one.id === id);
        if (!template || inUse.source === 'settings') {
          throw new AppError('bad_field', { field: 'id', detail: visit.t('staleTemplate') });
        }
        await core.templateChoices.save({ id, fields: readFields(needs, template, asked.readPart) });
        await visit.audit('template.choose', id);
        visit.flash('good', visit.t('saved'));
        visit.redirect(`${PATH}?id=${encodeURIComponent(id)}`);
      },
      (errors) => showAssistant(visit, needs, asked, errors),
    );
  });
  post(`${PATH}/reset`, async (visit) => {
    requireOperator(visit);
    await core.templateChoices.save(null);
    await visit.audit('template.reset');
    visit.flash('good', visit.t('wasReset'));
    visit.redirect(PATH);
  });
}

async function readTemplates({ core, outside }: CheckNeeds) {
  const told = await outside.wechat.listTemplates();
  const templates = told.ok ? told.value : [];
  const inUse = outside.template.findInUse(templates, await core.templateChoices.read());
  return { templates, inUse, problem: told.ok ? '' : told.advice || told.why };
}

async function showAssistant(
  visit: Visit,
  needs: CheckNeeds,
  asked: { id: string; readPart: ReadPart },
  errors: Readonly<Record<string, string>> = {},
): Promise<void> {
  const { templates, inUse, problem } = await readTemplates(needs);
  const id = asked.id || inUse.choice?.id;
  const template = templates.find((one) => one.id === id);
  visit.show({
    template: 'template-assistant',
    title: visit.t('assistant'),
    values: {
      errors,
      problem,
      isFixed: inUse.source === 'settings',
      isChosen: inUse.source === 'page',
      templates: templates.map((one) => ({
        ...one,
        isInUse: one.id === inUse.choice?.id,
        isOpen: one === template,
      })),
      chosen: template ? drawChoice(visit, needs, { template, inUse, readPart: asked.readPart }) : null,
    },
  });
}

function drawChoice(
  { t, language }: Visit,
  needs: CheckNeeds,
  { template, inUse, readPart }: { template: AccountTemplate; inUse: TemplateInUse; readPart: ReadPart },
) {
  const places = needs.outside.template.readPlaces(template.content);
  const isInUse = inUse.choice?.id === template.id && inUse.choice.fields.length > 0;
  const isAsked = places.some(({ keyword }) => readPart(keyword) !== '');
  const fields =
    !isAsked && isInUse && inUse.choice
      ? fillUp(
          inUse.choice.fields,
          readFields(needs, template, () => ''),
        )
      : readFields(needs, template, readPart);
  const lines = needs.outside.template.preview({ id: template.id, fields }, template.content);
  const settings = `WECHAT_TEMPLATE_ID=${template.id}\nWECHAT_TEMPLATE_FIELDS=${fields.map(({ keyword, part }) => `${keyword}=${part}`).join(',')}`;
  return {
    template,
    settings,
    isUsable: fields.length > 0,
    hidden: places.flatMap(({ keyword, isHidden }) => (isHidden ? [`{{${keyword}.DATA}}`] : [])),
    lines: lines.map((line) => ({ ...line, rule: line.rule[language] })),
    fields: fields.map((field) => ({ ...field, name: FIELD + field.keyword })),
    parts: TEMPLATE_PARTS.map((part) => [part, t(PART_WORDS[part])]),
  };
}

/** What the form asks for each keyword; the advice where it asks nothing that is known. */
function readFields(
  { outside }: CheckNeeds,
  { content }: AccountTemplate,
  readPart: ReadPart,
): TemplateChoice['fields'] {
  return outside.template.advise(content).map(({ keyword, part }) => ({
    keyword,
    part: TEMPLATE_PARTS.find((known) => known === readPart(keyword)) ?? part,
  }));
}

/** What is in use, and the advice for keywords that it leaves out. */
function fillUp(inUse: TemplateChoice['fields'], advice: TemplateChoice['fields']): TemplateChoice['fields'] {
  return advice.map((one) => inUse.find(({ keyword }) => keyword === one.keyword) ?? one);
}
