/** `npm run bench`: runs the cases one after another, prints a table and writes bench/results/latest.json. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Row } from './case.js';
import { cases } from './cases/index.js';
import { describeMachine } from './machine.js';
import { type Options, readOptions } from './options.js';
import { saveReport, toNumber, toTable } from './report.js';

const RESULTS = fileURLToPath(new URL('results/latest.json', import.meta.url));

async function run(options: Options): Promise<boolean> {
  const startedAt = new Date();
  const base = mkdtempSync(join(options.dir ?? tmpdir(), 'qingniao-bench-'));
  process.on('exit', () => rmSync(base, { recursive: true, force: true }));
  const machine = describeMachine(base);
  const chosen = cases.filter(({ name }) => options.cases.length === 0 || options.cases.includes(name));
  const rows: Row[] = [];
  let isWhole = true;
  const say = (text: string): void => {
    process.stderr.write(`  ${text}\n`);
  };
  say(
    `${machine.cores} × ${machine.cpu}, ${machine.memoryGb} GB, Node ${machine.node}, load ${machine.loadAtStart}`,
  );
  for (const one of chosen) {
    process.stderr.write(`${one.name}: ${one.about}\n`);
    const newFolder = (): string => mkdtempSync(join(base, `${one.name}-`));
    const report = (row: Omit<Row, 'case'>): void => {
      rows.push({ case: one.name, ...row });
      say(
        `${row.what}: ${toNumber(row.value)} ${row.unit}${row.ratio ? `, ratio ${row.ratio.toFixed(2)}` : ''}`,
      );
    };
    await one.run({ size: options.size, newFolder, say }, report).catch((error: unknown) => {
      isWhole = false;
      say(`failed: ${error instanceof Error ? error.stack : String(error)}`);
    });
  }
  process.stdout.write(`\n${toTable(rows)}\n`);
  const tookSeconds = Math.round((Date.now() - startedAt.getTime()) / 1000);
  saveReport(RESULTS, { startedAt: startedAt.toISOString(), tookSeconds, size: options.size, machine, rows });
  process.stdout.write(`\n${tookSeconds} s; the same as JSON in ${RESULTS}\n`);
  return isWhole;
}

try {
  const isWhole = await run(
    readOptions(
      process.argv.slice(2),
      cases.map(({ name }) => name),
    ),
  );
  process.exit(isWhole ? 0 : 1);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
