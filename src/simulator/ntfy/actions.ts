/** Reads the action buttons of an ntfy message, from JSON or from its short form. */
import { isRecord } from '../call.js';
import { NtfyError } from './errors.js';

const MOST_ACTIONS = 3;
const KINDS = ['view', 'broadcast', 'http', 'copy'];

/** A button under a message. */
export interface NtfyAction {
  action: string;
  label: string;
  url?: string;
  [other: string]: unknown;
}

/** Checks the actions of a header (JSON or `view, label, address; …`) or of a JSON body. Throws NtfyError 40018. */
export function readActions(given: unknown): NtfyAction[] {
  const list = typeof given === 'string' ? parseText(given) : given;
  if (!Array.isArray(list)) {
    throw new NtfyError(40018, 'actions must be a list');
  }
  if (list.length > MOST_ACTIONS) {
    throw new NtfyError(40018, `only ${MOST_ACTIONS} actions allowed`);
  }
  return list.map(checkAction);
}

function parseText(text: string): unknown {
  if (/^\s*[[{]/.test(text)) {
    try {
      return JSON.parse(text);
    } catch {
      throw new NtfyError(40018, 'JSON error');
    }
  }
  return text
    .split(';')
    .filter((part) => part.trim() !== '')
    .map(parseShort);
}

/** `view, Open, https://…, clear=true`: the first three parts may stand without their names. */
function parseShort(text: string): Record<string, unknown> {
  const names = ['action', 'label', 'url'];
  const action: Record<string, unknown> = {};
  for (const [index, raw] of text.split(',').entries()) {
    const part = raw.trim();
    const named = /^([a-z][\w.]*)\s*=\s*(.*)$/is.exec(part);
    if (named?.[1] && index >= 1) {
      action[named[1]] = (named[2] ?? '').replace(/^(["'])(.*)\1$/s, '$2');
    } else if (names[index]) {
      action[names[index]] = part.replace(/^(["'])(.*)\1$/s, '$2');
    }
  }
  return action;
}

function checkAction(given: unknown): NtfyAction {
  if (!isRecord(given) || typeof given.action !== 'string' || !KINDS.includes(given.action)) {
    throw new NtfyError(40018, 'parameter "action" must be view, broadcast, http or copy');
  }
  const { action, label, url } = given;
  if (typeof label !== 'string' || label === '') {
    throw new NtfyError(40018, 'parameter "label" is required');
  }
  if ((action === 'view' || action === 'http') && (typeof url !== 'string' || url === '')) {
    throw new NtfyError(40018, `parameter "url" is required for action "${action}"`);
  }
  return { ...given, action, label };
}
