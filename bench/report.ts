/** Prints what was measured, and keeps it as JSON. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Row } from './case.js';
import type { Machine } from './machine.js';

/** The JSON of a run. */
export interface RunReport {
  startedAt: string;
  tookSeconds: number;
  size: string;
  machine: Machine;
  rows: readonly Row[];
}

const COLUMNS = ['case', 'what', 'value', 'ceiling', 'ratio', 'target', 'note'] as const;

/** A table in the form of Markdown: it reads on a terminal and pastes into a document. */
export function toTable(rows: readonly Row[]): string {
  const cells = rows.map((row) => [
    row.case,
    row.what,
    `${toNumber(row.value)} ${row.unit}`,
    row.ceiling === undefined ? '' : `${toNumber(row.ceiling)} (${row.ceilingName ?? ''})`,
    row.ratio === undefined ? '' : row.ratio.toFixed(2),
    row.target === undefined ? '' : `${row.target} ${row.isMet ? '✓' : '✗'}`,
    row.note ?? '',
  ]);
  const lines = [[...COLUMNS], COLUMNS.map(() => '---'), ...cells];
  return lines.map((line) => `| ${line.join(' | ')} |`).join('\n');
}

/** Three digits that count. */
export function toNumber(value: number): string {
  if (!Number.isFinite(value)) {
    return '—';
  }
  if (Math.abs(value) >= 100) {
    return Math.round(value).toLocaleString('en-US');
  }
  return Number(value.toPrecision(3)).toString();
}

/** Writes the JSON file. */
export function saveReport(path: string, report: RunReport): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(report, null, 2)}\n`);
}
