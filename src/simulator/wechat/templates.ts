/** The account's message templates: what they look like and which values each keyword takes. */
import { randomText } from '#src/lib/ids.js';

/** Category templates refuse bad values; free ones (industry and sandbox templates) edit them silently. */
export type TemplateKind = 'category' | 'free';

/** A message template. Never changed once made. */
export interface Template {
  readonly id: string;
  readonly title: string;
  readonly kind: TemplateKind;
  /** Lines with `{{key.DATA}}`. */
  readonly content: string;
  /** The keys in the content, in order. */
  readonly keys: readonly string[];
  /** The approved values of `const` keywords; without an entry any value of the right length goes. */
  readonly constants: Readonly<Record<string, readonly string[]>>;
}

/** What makes a template. */
export type TemplateInput = Pick<Template, 'title' | 'kind' | 'content'> &
  Partial<Pick<Template, 'id' | 'constants'>>;

/** An account holds so many templates. */
export const MAX_TEMPLATES = 25;

/** The account's templates. */
export interface Templates {
  find(id: string): Template | undefined;
  list(): Template[];
  /** Adds or replaces one; null when the account is full. */
  add(input: TemplateInput): Template | null;
  remove(id: string): boolean;
}

const PLACE = /\{\{\s*(\w+)\.DATA\s*\}\}/g;

/** Makes the templates of a fresh account. */
export function createTemplates(): Templates {
  const all = new Map<string, Template>();
  for (const input of FRESH) {
    const template = toTemplate(input);
    all.set(template.id, template);
  }
  return {
    find: (id) => all.get(id),
    list: () => [...all.values()],
    add: (input) => {
      const template = toTemplate(input);
      if (all.size >= MAX_TEMPLATES && !all.has(template.id)) {
        return null;
      }
      all.set(template.id, template);
      return template;
    },
    remove: (id) => all.delete(id),
  };
}

/** The keys of `{{key.DATA}}` in a content, each once, in order. */
export function keysOf(content: string): string[] {
  return [...new Set(Array.from(content.matchAll(PLACE), (match) => match[1] ?? ''))];
}

/** Puts values into a content's line. */
export function fillLine(line: string, valueAt: (key: string) => string): string {
  return line.replace(PLACE, (_, key: string) => valueAt(key));
}

const FRESH: readonly TemplateInput[] = [
  {
    id: 'sim-category-template',
    title: '消息提醒',
    kind: 'category',
    content: '标题：{{thing1.DATA}}\n内容：{{thing2.DATA}}\n时间：{{time3.DATA}}',
  },
  {
    id: 'sim-free-template',
    title: '消息通知',
    kind: 'free',
    content:
      '{{first.DATA}}\n标题：{{keyword1.DATA}}\n内容：{{keyword2.DATA}}\n时间：{{keyword3.DATA}}\n{{remark.DATA}}',
  },
  // As most tutorials have it; a phone shows the title bar and nothing else.
  {
    id: 'sim-bare',
    title: '通知',
    kind: 'free',
    content: '{{title.DATA}}\n{{content.DATA}}\n{{time.DATA}}',
  },
  {
    id: 'sim-industry',
    title: '告警通知',
    kind: 'free',
    content: '{{first.DATA}}\n告警内容：{{keyword1.DATA}}\n告警时间：{{keyword2.DATA}}\n{{remark.DATA}}',
  },
];

function toTemplate(input: TemplateInput): Template {
  const { id = randomText(43), constants = {} } = input;
  const { title, kind, content } = input;
  return Object.freeze({ id, title, kind, content, keys: keysOf(content), constants });
}
