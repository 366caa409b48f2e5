/** The json template: data as tables, lists and parts that fold, and so whatever else has no drawing of its own. */
import { type Drawing, toDrawing } from './drawing.js';
import { factTable, folding, grid, type Row, toHtml } from './markup.js';
import { type Field, fieldsOf, toLine, type Value } from './value.js';

/** Tables inside tables are no use on a phone: deeper values are one line. */
const MAX_DEPTH = 6;
/** A wider table has to be read field by field. */
const MAX_COLUMNS = 6;
const SUMMARY_FIELDS = 5;

/** Draws any data. */
export function drawTree(value: Value): Drawing {
  return toDrawing([drawValue(value)], summarise(value));
}

/** Any data as HTML; nothing for no fields. */
export function drawValue(value: Value, depth = 0): string {
  if (depth > MAX_DEPTH) {
    return toHtml(toLine(value));
  }
  switch (value.kind) {
    case 'text':
      return toHtml(value.text);
    case 'list':
      return drawList(value.items, depth);
    case 'fields':
      return drawFields(value.entries, depth);
  }
}

/** Short values in one table; what is large follows in parts of its own. */
function drawFields(fields: readonly Field[], depth: number): string {
  const parts: string[] = [];
  let rows: Row[] = [];
  const flush = (): void => {
    parts.push(factTable(rows));
    rows = [];
  };
  for (const [name, value] of fields) {
    if (isShort(value)) {
      rows.push([name, value.kind === 'list' ? toHtml(toLine(value)) : drawValue(value, depth)]);
    } else {
      flush();
      parts.push(folding(`${name}${countOf(value)}`, drawValue(value, depth + 1), { isOpen: true }));
    }
  }
  flush();
  return parts.join('');
}

/** Any data as text with indented lines: what is too long for tables. */
export function toText(value: Value, indent = ''): string {
  const entries = value.kind === 'list' ? value.items.map((item): Field => ['-', item]) : fieldsOf(value);
  const lines = entries.map(([name, one]) => {
    const label = `${indent}${name}${name === '-' ? '' : ':'}`;
    return isShort(one) ? `${label} ${toLine(one)}` : `${label}\n${toText(one, `${indent}  `)}`;
  });
  return value.kind === 'text' ? `${indent}${value.text}` : lines.join('\n');
}

function drawList(items: readonly Value[], depth: number): string {
  const columns = [...new Set(items.flatMap((item) => fieldsOf(item).map(([name]) => name)))];
  if (items.every(isFlat) && columns.length > 0 && columns.length <= MAX_COLUMNS) {
    const rows = items.map((item) => {
      const own = new Map(fieldsOf(item));
      return columns.map((name) => toLine(own.get(name) ?? EMPTY));
    });
    return grid(columns, rows);
  }
  const lines = items.map((item) => `<li>${drawValue(item, depth + 1)}</li>`);
  return lines.length === 0 ? '' : `<ol>${lines.join('')}</ol>`;
}

const EMPTY: Value = { kind: 'text', text: '' };

/** Fits a cell: a text, a few texts, nothing at all. */
function isShort(value: Value): boolean {
  return (
    value.kind === 'text' ||
    (value.kind === 'list' && value.items.every((item) => item.kind === 'text')) ||
    (value.kind === 'fields' && value.entries.length === 0)
  );
}

function isFlat(value: Value): boolean {
  return value.kind === 'fields' && value.entries.every(([, one]) => isShort(one));
}

function countOf(value: Value): string {
  return value.kind === 'list' ? `（${value.items.length}）` : '';
}

/** Short values say more on a card than parts of a large one. */
function summarise(value: Value): string[] {
  const entries = fieldsOf(value);
  const short = entries.filter(([, one]) => isShort(one));
  const told = (short.length > 0 ? short : entries).slice(0, SUMMARY_FIELDS);
  return value.kind === 'fields' ? told.map(([name, one]) => `${name}：${toLine(one)}`) : [toLine(value)];
}
