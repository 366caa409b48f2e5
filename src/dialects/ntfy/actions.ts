/** Reads the buttons under an ntfy message, from JSON or from their short form. */
import { isObject } from '#src/dialects/read-form.js';
import { randomText } from '#src/lib/ids.js';
import { parseJson } from '#src/lib/json.js';
import { NtfyRefusal } from './errors.js';

const MAX_ACTIONS = 3;
const KINDS = ['view', 'broadcast', 'http', 'copy'];
/** The names of the short form's first parts, which may be left out. */
const IN_ORDER = ['action', 'label', 'url'];
const ID_LENGTH = 10;
/** Parts of the short form that make a group: `headers.X-Key=…`. */
const GROUPED = /^(extras|headers)\.(.+)$/;

/** A button under a message. */
export interface NtfyAction {
  id: string;
  action: string;
  label: string;
  clear: boolean;
  url?: string;
  [other: string]: unknown;
}

/** Checks the actions of a header (JSON or `view, label, address; …`) or of a JSON body. Throws NtfyRefusal 40018. */
export function readActions(given: unknown): NtfyAction[] {
  const list = typeof given === 'string' ? parseText(given) : given;
  if (!Array.isArray(list)) {
    throw new NtfyRefusal(40018, 'actions must be a list');
  }
  if (list.length > MAX_ACTIONS) {
    throw new NtfyRefusal(40018, `only ${MAX_ACTIONS} actions allowed`);
  }
  return list.map(checkAction);
}

function parseText(text: string): unknown {
  if (/^\s*[[{]/.test(text)) {
    try {
      return parseJson(text);
    } catch {
      throw new NtfyRefusal(40018, 'JSON error');
    }
  }
  return splitOutsideQuotes(text, ';')
    .filter((part) => part.trim() !== '')
    .map(parseShort);
}

/** `view, Open, https://…, clear=true`. */
function parseShort(text: string): Record<string, unknown> {
  const action: Record<string, unknown> = Object.create(null);
  for (const [at, raw] of splitOutsideQuotes(text, ',').entries()) {
    const part = raw.trim();
    const [, name, value] = /^([a-z][\w.-]*)\s*=\s*(.*)$/is.exec(part) ?? [];
    const known =
      name === undefined || (at < IN_ORDER.length && /^https?:/i.test(part)) ? IN_ORDER[at] : name;
    if (known === undefined) {
      throw new NtfyRefusal(40018, `term "${part.slice(0, 40)}" unknown`);
    }
    setPart(action, known, unquote(known === name ? (value ?? '') : part));
  }
  return action;
}

function setPart(action: Record<string, unknown>, name: string, value: string): void {
  const [, group, key] = GROUPED.exec(name) ?? [];
  if (group !== undefined && key !== undefined) {
    const before = isObject(action[group]) ? action[group] : {};
    action[group] = { ...before, [key]: value };
  } else {
    action[name] = name === 'clear' ? /^(?:1|yes|true)$/i.test(value) : value;
  }
}

/** Splits at a sign, except between a pair of quotes that opens a part's value. */
function splitOutsideQuotes(text: string, sign: string): string[] {
  const parts: string[] = [];
  let quote = '';
  let start = 0;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at] ?? '';
    if (quote !== '') {
      quote = char === quote ? '' : quote;
    } else if (
      (char === '"' || char === "'") &&
      /(?:^|[,;=])\s*$/.test(text.slice(Math.max(0, at - 8), at))
    ) {
      quote = char;
    } else if (char === sign) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  return [...parts, text.slice(start)];
}

function unquote(text: string): string {
  return text.replace(/^(["'])(.*)\1$/s, '$2');
}

function checkAction(given: unknown): NtfyAction {
  const { action, label, url, clear, ...others } = isObject(given) ? given : {};
  if (typeof action !== 'string' || !KINDS.includes(action)) {
    throw new NtfyRefusal(40018, `parameter "action" cannot be other than ${KINDS.join(', ')}`);
  }
  if (typeof label !== 'string' || label === '') {
    throw new NtfyRefusal(40018, 'parameter "label" is required');
  }
  const needsUrl = action === 'view' || action === 'http';
  if (needsUrl && (typeof url !== 'string' || url === '')) {
    throw new NtfyRefusal(40018, `parameter "url" is required for action "${action}"`);
  }
  return {
    ...others,
    id: randomText(ID_LENGTH),
    action,
    label,
    clear: clear === true,
    ...(typeof url === 'string' ? { url } : {}),
  };
}
