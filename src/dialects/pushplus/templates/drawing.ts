/** What a template makes of a content. */
import type { Format } from '#src/core/types.js';
import { stripControls, takeCodePoints } from '#src/lib/text.js';

/** The words of a message for the domain. */
export interface Drawing {
  format: Format;
  body: string;
  /** The text of the card, where the body's own start would make a poor one. */
  summary?: string;
}

const SUMMARY_LENGTH = 100;

/** Joins what a card says, the most important first; empty parts are left out. */
export function toSummary(parts: readonly string[]): string {
  const clean = parts.map((part) => stripControls(part).replace(/\s+/g, ' ').trim());
  return takeCodePoints(clean.filter((part) => part !== '').join('，'), SUMMARY_LENGTH, '…');
}

/** A drawing in HTML. */
export function toDrawing(pieces: readonly string[], summary: readonly string[]): Drawing {
  const short = toSummary(summary);
  return { format: 'html', body: pieces.join(''), ...(short === '' ? {} : { summary: short }) };
}
