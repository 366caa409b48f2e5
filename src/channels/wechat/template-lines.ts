/** What a template's text shows on a phone, line by line: where its keywords stand, by what label, and which WeChat hides. */
import { keywordKind } from './keyword-values.js';

/** A keyword in a template's text. */
export interface KeywordPlace {
  keyword: string;
  /** What the template writes before the value, without its colon; empty where there is nothing. */
  label: string;
  /** `thing` of `thing1`; see keyword-values.ts. */
  kind: string;
  /** WeChat delivers the value and shows nothing of it. */
  isHidden: boolean;
}

const PLACE = /\{\{\s*(\w+)\.DATA\s*\}\}/g;
const LABEL_AND_PLACE = /([^{}]*)\{\{\s*(\w+)\.DATA\s*\}\}/g;
/** The greeting and the farewell of industry templates; not shown since May 2023. */
const NEVER_SHOWN: ReadonlySet<string> = new Set(['first', 'remark']);

/**
 * The keywords of a template's text, each once, in order. Since May 2023 WeChat takes a line that is nothing but
 * `{{x.DATA}}` for a greeting or a farewell and hides it, in test accounts as well; the send succeeds all the same.
 */
export function readPlaces(content: string): KeywordPlace[] {
  const places = new Map<string, KeywordPlace>();
  for (const line of content.split('\n')) {
    const isBare = line.replace(PLACE, '').trim() === '';
    for (const [, before = '', keyword = ''] of line.matchAll(LABEL_AND_PLACE)) {
      const label = before.replace(/[\s:：]+$/, '').trim();
      const isHidden = isBare || NEVER_SHOWN.has(keyword);
      if (!places.has(keyword) || (places.get(keyword)?.isHidden && !isHidden)) {
        places.set(keyword, { keyword, label, kind: keywordKind(keyword), isHidden });
      }
    }
  }
  return [...places.values()];
}

/** The keywords that a phone shows. */
export function readShownPlaces(content: string): KeywordPlace[] {
  return readPlaces(content).filter(({ isHidden }) => !isHidden);
}
