/** Which template carries messages, and what its keywords are filled with. */
import type { TemplateField } from '#src/config.js';
import { fitKeyword } from './keyword-values.js';
import { proposeFields } from './propose-fields.js';

export { proposeFields } from './propose-fields.js';

/** The template in use. */
export interface ChosenTemplate {
  id: string;
  fields: readonly TemplateField[];
}

/** A template of the account: its text holds `{{keyword.DATA}}`. */
export interface AccountTemplate {
  id: string;
  content: string;
}

/** The parts of a message. */
export type CardParts = Readonly<Record<TemplateField['part'], string>>;

/** Lines that an account's template shows at least, where the server chooses by itself and has a choice. */
const ENOUGH_LINES = 2;

/** The value for each keyword of the template in use. */
export function fillFields(
  { fields }: ChosenTemplate,
  parts: CardParts,
): (TemplateField & { value: string })[] {
  return fields.map((field) => ({
    ...field,
    value: fitKeyword(field.keyword, parts[field.part], parts.time),
  }));
}

/**
 * Picks the template: the configured one, with its configured fields, else what the account has. Null when the account
 * has none that shows anything: a lone `{{content.DATA}}`, which every account lists, shows nothing on a phone.
 */
export function chooseTemplate(
  configured: { templateId: string | null; templateFields: readonly TemplateField[] },
  available: readonly AccountTemplate[],
): ChosenTemplate | null {
  const { templateId, templateFields } = configured;
  if (templateId && templateFields.length > 0) {
    return { id: templateId, fields: templateFields };
  }
  const proposals = available
    .filter(({ id }) => templateId === null || id === templateId)
    .map(({ id, content }) => ({ id, fields: proposeFields(content) }))
    .filter(({ fields }) => fields.length > 0);
  const found = proposals.find(({ fields }) => fields.length >= ENOUGH_LINES) ?? proposals[0];
  if (!found) {
    return null;
  }
  return templateFields.length > 0 ? { id: found.id, fields: templateFields } : found;
}
