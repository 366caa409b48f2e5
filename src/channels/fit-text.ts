/** Fits a drawn message into what a platform takes: cuts it with a link to the rest, or splits it into numbered parts. */
import { countBytes, takeMeasured } from '#src/lib/byte-cut.js';
import type { DrawnLine, Markup } from './markup.js';

/** A drawn message. Empty texts are left out. */
export interface DrawnText {
  /** The title with its marks, kept first. */
  head: string;
  lines: readonly DrawnLine[];
  /** A last line, such as a link to the original. */
  foot: string;
  /** The link to the rest, in place of what does not fit. */
  more: string;
  /** The lines are not the whole message. */
  isCut: boolean;
}

/** What a platform takes. */
export interface Room {
  max: number;
  /** Grows by a text's own size when texts are put together; UTF-8 bytes where left out. */
  measure?: (text: string) => number;
  markup: Pick<Markup, 'lineEnd' | 'blankLine'>;
}

const ELLIPSIS = '…';

/** A line's size as it stands inside a JSON text, quotes not counted. */
export function countJsonBytes(text: string): number {
  return countBytes(JSON.stringify(text)) - 2;
}

/** The whole message where it fits, else its start, an ellipsis and the link to the rest. Never larger than the room. */
export function fitText(drawn: DrawnText, room: Room): string {
  const { markup, max, measure = countBytes } = room;
  const whole = joinLines([drawn.head, ...drawn.lines, drawn.foot], markup);
  if (!drawn.isCut && measure(whole) <= max) {
    return whole;
  }
  // A foot that takes half of the room is told by the page behind the other link.
  const foot = measure(drawn.foot) * 2 <= max ? drawn.foot : '';
  const end = joinLines([drawn.more, foot], markup);
  const left = max - measure(markup.lineEnd + end);
  const lines = [toLine(drawn.head), ...drawn.lines];
  return joinLines([markCut(lines, { markup, measure, max: left }), end], markup);
}

/** The start of lines with an ellipsis at its end, also where the cut falls between two of them. */
function markCut(lines: readonly DrawnLine[], cut: Cut): string {
  const start = cutLines(lines, cut);
  if (start === '' || start.endsWith(ELLIPSIS)) {
    return start;
  }
  const marked = start + ELLIPSIS;
  if (cut.measure(marked) <= cut.max) {
    return marked;
  }
  const shorter = cutLines(lines, { ...cut, max: cut.max - cut.measure(ELLIPSIS) });
  return shorter === '' || shorter.endsWith(ELLIPSIS) ? shorter : shorter + ELLIPSIS;
}

/** The message in as few parts as hold it, each with its number behind (`(1/3)`) where there are several. */
export function splitText(drawn: DrawnText, room: Room & { maxParts: number }): string[] {
  const { markup, max, measure = countBytes, maxParts } = room;
  const foot = measure(drawn.foot) * 2 <= max ? drawn.foot : '';
  const whole = joinLines([drawn.head, ...drawn.lines, foot], markup);
  if (!drawn.isCut && measure(whole) <= max) {
    return [whole];
  }
  const partMax = max - measure(`${markup.lineEnd}(${maxParts}/${maxParts})`);
  const pieces = [toLine(drawn.head), ...drawn.lines, toLine(foot)]
    .filter((line) => line.text !== '')
    .flatMap((line) => breakLine(line, partMax, measure));
  const parts = packLines(pieces, { markup, measure, max: partMax });
  if (parts.length > maxParts || drawn.isCut) {
    const last = parts.slice(maxParts - 1).join(markup.lineEnd);
    const rest = { head: '', lines: [toLine(last)], foot: '', more: drawn.more, isCut: true };
    parts.splice(maxParts - 1, parts.length, fitText(rest, { markup, measure, max: partMax }));
  }
  return parts.map((part, at) => `${part}${markup.lineEnd}(${at + 1}/${parts.length})`);
}

interface Cut {
  markup: Room['markup'];
  measure: (text: string) => number;
  max: number;
}

function cutLines(lines: readonly DrawnLine[], { markup, measure, max }: Cut): string {
  let start = '';
  let size = 0;
  for (const line of lines.filter(({ text }) => text !== '')) {
    const between = start === '' ? '' : line.gap ? markup.blankLine : markup.lineEnd;
    const grown = size + measure(between + line.text);
    if (grown > max) {
      const room = max - size - measure(between);
      const piece = room > 0 ? takeMeasured(line.plain, { max: room, measure, ellipsis: ELLIPSIS }) : '';
      return piece === '' || piece === ELLIPSIS ? start : start + between + piece;
    }
    start += between + line.text;
    size = grown;
  }
  return start;
}

function packLines(lines: readonly DrawnLine[], { markup, measure, max }: Cut): string[] {
  const parts: string[] = [];
  let part = '';
  for (const line of lines) {
    const between = part === '' ? '' : line.gap ? markup.blankLine : markup.lineEnd;
    if (part !== '' && measure(part + between + line.text) > max) {
      parts.push(part);
      part = line.text;
    } else {
      part += between + line.text;
    }
  }
  return part === '' ? parts : [...parts, part];
}

/** A line that no part holds, in pieces without marks. */
function breakLine(line: DrawnLine, max: number, measure: (text: string) => number): DrawnLine[] {
  if (measure(line.text) <= max) {
    return [line];
  }
  const pieces: DrawnLine[] = [];
  for (let rest = line.plain; rest !== ''; ) {
    const piece = takeMeasured(rest, { max, measure, ellipsis: '' });
    pieces.push({ text: piece, plain: piece, gap: pieces.length === 0 && line.gap });
    rest = piece === '' ? '' : rest.slice(piece.length);
  }
  return pieces;
}

function joinLines(parts: readonly (string | DrawnLine)[], markup: Room['markup']): string {
  return parts
    .map((part) => (typeof part === 'string' ? toLine(part) : part))
    .filter((line) => line.text !== '')
    .reduce((done, line) => {
      const between = done === '' ? '' : line.gap ? markup.blankLine : markup.lineEnd;
      return done + between + line.text;
    }, '');
}

function toLine(text: string): DrawnLine {
  return { text, plain: text, gap: false };
}
