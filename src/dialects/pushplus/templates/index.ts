/** The templates of PushPlus: a content and the name of a template become the words of a message. */
import { AppError } from '#src/core/errors.js';
import { MESSAGE_LIMITS } from '#src/core/publish.js';
import { takeCodePoints } from '#src/lib/text.js';
import { drawCloudMonitor } from './cloud-monitor.js';
import type { Drawing } from './drawing.js';
import { drawJenkins } from './jenkins.js';
import { drawPay } from './pay.js';
import { readValue } from './read-value.js';
import { drawRoute } from './route.js';
import { drawTree, toText } from './tree.js';
import type { Value } from './value.js';

export type { Drawing } from './drawing.js';

/** Contents that are shown as they are written. */
const TEXTS = { html: 'html', txt: 'text', markdown: 'markdown' } as const;

/** Contents that are data; null for data of another shape, which is shown as a tree. */
const DATA: Readonly<Record<string, (value: Value, now: Date) => Drawing | null>> = {
  json: drawTree,
  cloudMonitor: drawCloudMonitor,
  jenkins: drawJenkins,
  route: drawRoute,
  pay: drawPay,
};

/** The names, as they are written in calls. */
export const TEMPLATES: readonly string[] = [...Object.keys(TEXTS), ...Object.keys(DATA)];

const isText = (name: string): name is keyof typeof TEXTS => Object.hasOwn(TEXTS, name);

/**
 * Draws a content. What is no data, or drawn would be longer than a message may be, is shown as the text that it is.
 * `now` is the time of what tells none. Throws AppError bad_field for a template that does not exist.
 */
export function drawTemplate(template: string, content: string, now: Date): Drawing {
  const name = TEMPLATES.find((one) => one.toLowerCase() === template.trim().toLowerCase()) ?? '';
  if (isText(name)) {
    return { format: TEXTS[name], body: content };
  }
  const draw = DATA[name];
  if (!draw) {
    throw new AppError('bad_field', {
      field: 'template',
      detail: `没有名为 ${takeCodePoints(template, 30)} 的模板`,
    });
  }
  const value = readValue(content);
  const drawn = value && (draw(value, now) ?? drawTree(value));
  if (!drawn || drawn.body === '') {
    return { format: 'text', body: content };
  }
  return fits(drawn.body) ? drawn : { ...drawn, format: 'text', body: toShortest(value, content) };
}

function fits(body: string): boolean {
  return body.length <= MESSAGE_LIMITS.body;
}

/** Tables are longer than what they show: then lines, then the content itself. */
function toShortest(value: Value, content: string): string {
  const text = toText(value);
  return fits(text) ? text : content;
}
