/** Which template of the account carries messages, and what fills it, where the operator chose so on a page. */
import { AppError } from './errors.js';
import type { Settings } from './settings.js';

/** The parts of a message that may fill a keyword. */
export const TEMPLATE_PARTS = ['title', 'summary', 'time', 'app', 'sender'] as const;

/** A template, and which part of a message fills each of its keywords. */
export interface TemplateChoice {
  id: string;
  fields: readonly { keyword: string; part: (typeof TEMPLATE_PARTS)[number] }[];
}

const SETTING = 'wechat-template';
const MAX_FIELDS = 20;

/** The verbs of the choice. */
export type TemplateChoices = ReturnType<typeof createTemplateChoices>;

/** Makes the verbs of the choice. Reading it is quick enough for every send: settings are remembered. */
export function createTemplateChoices(settings: Settings) {
  /** What was chosen, or null. */
  async function read(): Promise<TemplateChoice | null> {
    const json = await settings.read(SETTING);
    // Only `save` writes it.
    return json ? (JSON.parse(json) as TemplateChoice) : null;
  }

  /** Chooses; null leaves it to the account again. The next send goes by it. Throws bad_field. */
  async function save(choice: TemplateChoice | null): Promise<void> {
    if (choice && !isSound(choice)) {
      throw new AppError('bad_field', { field: 'id', detail: '模板或字段不正确 no such template or field' });
    }
    await settings.save(SETTING, choice ? JSON.stringify(choice) : '');
  }

  return { read, save };
}

function isSound({ id, fields }: TemplateChoice): boolean {
  const keywords = fields.map(({ keyword }) => keyword);
  return (
    /^[\w-]{1,100}$/.test(id) &&
    keywords.length > 0 &&
    keywords.length <= MAX_FIELDS &&
    new Set(keywords).size === keywords.length &&
    fields.every(({ keyword, part }) => /^[A-Za-z_]\w*$/.test(keyword) && TEMPLATE_PARTS.includes(part))
  );
}
