/** Splits a text where its markup becomes too much to read and draw: what is before is formatted, what is behind is shown as text. */
import type { TextFormat } from './text.js';

/**
 * How much markup is read at once, in marks: lines, cells, tags and signs. A mark takes up to 10 millionths of a second, so that
 * the largest message holds the event loop up for less than 50 milliseconds.
 */
export const LOOP_BUDGET = 3_000;
/** The same for what is read for a line or two of it: a card's text, a title. */
export const CARD_BUDGET = 1_000;

/** A text in two parts, which joined are the text. `rest` is empty where all of it is formatted. */
export interface SplitMarkup {
  head: string;
  rest: string;
}

/** What Markdown and HTML make elements and references of. */
const MARKDOWN_MARKS = /[|<>&*_`[\]!~]|:\/\//g;
const HTML_MARKS = /[<&]/g;
/** A line break and what it opens. */
const LINE_COST = 2;
/** An address is looked at character by character. */
const LINK_COST = 4;

/** Splits a body that costs more than `budget` marks, at the end of a line where there is one. A plain text costs nothing. */
export function splitByCost(body: string, format: TextFormat, budget: number): SplitMarkup {
  // No text costs more than all of it twice over.
  if (format === 'text' || (format === 'html' && body.length <= budget)) {
    return { head: body, rest: '' };
  }
  const at = format === 'html' ? endOfMarks(body, HTML_MARKS, budget) : endOfLines(body, budget);
  return { head: body.slice(0, at), rest: body.slice(at) };
}

/** The place before the mark with which the budget is used up; the end where it suffices. */
function endOfMarks(text: string, marks: RegExp, budget: number): number {
  let left = budget;
  for (const mark of text.matchAll(marks)) {
    left -= mark[0].length === 1 ? 1 : LINK_COST;
    if (left < 0) {
      return mark.index;
    }
  }
  return text.length;
}

/** The same in Markdown, by lines: a row of a table has as many cells as the table's head, however short it is. */
function endOfLines(text: string, budget: number): number {
  let left = budget;
  let columns = 0;
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline + 1;
    const line = text.slice(start, end);
    const marks = costOf(line);
    if (isHeadRule(line)) {
      columns = marks;
    } else if (line.trim() === '') {
      columns = 0;
    }
    left -= LINE_COST + Math.max(marks, columns);
    if (left < 0) {
      // One endless line is cut inside.
      return start > 0 ? start : endOfMarks(text, MARKDOWN_MARKS, budget);
    }
    start = end;
  }
  return text.length;
}

function costOf(text: string): number {
  let cost = 0;
  for (const [mark] of text.matchAll(MARKDOWN_MARKS)) {
    cost += mark.length === 1 ? 1 : LINK_COST;
  }
  return cost;
}

/** `|---|:--|`: the lines behind it are rows of a table. */
function isHeadRule(line: string): boolean {
  return line.includes('|') && line.includes('-') && /^[\s>|:-]+$/.test(line);
}
