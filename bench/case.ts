/** What a case of the suite is, and the rows that it reports. */
import type { Size } from './options.js';

/** One figure. `ceiling` is what the same machine did in the same minute without our part of the work. */
export interface Row {
  case: string;
  /** What was measured: `64 connections`. */
  what: string;
  value: number;
  unit: string;
  ceiling?: number;
  /** What the ceiling is: `bare Koa`. */
  ceilingName?: string;
  /** value / ceiling, or ceiling / value where less is better: 1 is as good as the ceiling. */
  ratio?: number;
  /** The promise, where there is one. */
  target?: string;
  isMet?: boolean;
  /** More that helps to read the figure. */
  note?: string;
}

/** What a case runs with. */
export interface CaseInput {
  size: Size;
  /** A fresh folder for each database file; removed at the end. */
  newFolder: () => string;
  /** Tells on the terminal what goes on. */
  say: (text: string) => void;
}

/** A case. Rows are reported as they come, so that a run that is cut short has shown what it knew. */
export interface BenchCase {
  name: string;
  about: string;
  run(input: CaseInput, report: (row: Omit<Row, 'case'>) => void): Promise<void>;
}

/** A row that compares with a ceiling where more is better. */
export function compare(row: Omit<Row, 'case' | 'ratio' | 'isMet'>, atLeast?: number): Omit<Row, 'case'> {
  const ratio = row.ceiling === undefined ? undefined : row.value / row.ceiling;
  const target = atLeast === undefined ? {} : { target: `≥ ${atLeast}`, isMet: (ratio ?? 0) >= atLeast };
  return { ...row, ratio, ...target };
}

/** A row that must not exceed a bound of its own unit. */
export function bound(row: Omit<Row, 'case' | 'isMet' | 'target'>, atMost: number): Omit<Row, 'case'> {
  return { ...row, target: `≤ ${atMost} ${row.unit}`, isMet: row.value <= atMost };
}
