/** Which template carries messages and which part of a message fills each of its keywords. */
import type { TemplateField } from '#src/config.js';
import { keywordKind } from './keyword-values.js';

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

/** Parts in the order in which text keywords take them. */
const TEXT_PARTS = ['title', 'summary', 'app', 'sender'] as const;

/** Proposes which part fills each keyword of a template's text: times the time, texts title, summary and the rest. */
export function proposeFields(content: string): TemplateField[] {
  const keywords = [...content.matchAll(/\{\{\s*(\w+)\.DATA\s*\}\}/g)].map((match) => match[1] ?? '');
  const texts = keywords.filter((keyword) => !isTime(keyword));
  return keywords.map((keyword) => ({
    keyword,
    part: isTime(keyword)
      ? 'time'
      : (TEXT_PARTS[Math.min(texts.indexOf(keyword), TEXT_PARTS.length - 1)] ?? 'title'),
  }));
}

/**
 * Picks the template: the configured one, with its configured fields, else what the account has. Null when the account
 * has none that fits. The template that every account lists, a lone `{{content.DATA}}`, does not fit: WeChat hides it.
 */
export function chooseTemplate(
  configured: { templateId: string | null; templateFields: readonly TemplateField[] },
  available: readonly AccountTemplate[],
): ChosenTemplate | null {
  const { templateId, templateFields } = configured;
  if (templateId && templateFields.length > 0) {
    return { id: templateId, fields: templateFields };
  }
  const fitting = available.filter((template) => proposeFields(template.content).length >= 2);
  const found = templateId ? available.find((template) => template.id === templateId) : fitting[0];
  if (!found) {
    return null;
  }
  const fields = templateFields.length > 0 ? templateFields : proposeFields(found.content);
  return { id: found.id, fields };
}

function isTime(keyword: string): boolean {
  return ['time', 'date'].includes(keywordKind(keyword));
}
