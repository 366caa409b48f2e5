/**
 * `npm run mutants [-- WORD]`: takes each defence out of a copy of the project, runs the test that is named for it there, and expects it
 * to fail. Prints a table, and ends with 1 where a defence can go without a test seeing it, or its patch no longer applies.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Copy, makeCopy } from './copy.js';
import { DEFENCES, type Defence } from './defences.js';

interface Run {
  passed: number;
  failed: number;
  /** The tests that failed, with their files. */
  failing: { file: string; fullName: string }[];
  output: string;
}

const [word = ''] = process.argv.slice(2);
const chosen = DEFENCES.filter(({ name, test }) => `${name} ${test}`.includes(word));
const copy = makeCopy();
process.on('exit', () => copy.remove());
process.on('SIGINT', () => process.exit(1));

// With all defences in their place the tests pass, or their failing would prove nothing.
const whole = runTests(copy, [...new Set(chosen.map(({ test }) => test))]);
const rows = chosen.map(tryDefence);
process.stdout.write('\n');
for (const { name, test, fate } of rows) {
  process.stdout.write(`${fate.padEnd(9)} ${name}  →  ${test}\n`);
}
const bad = rows.filter(({ fate }) => fate !== 'killed');
process.stdout.write(`\n${rows.length - bad.length} of ${rows.length} defences are seen to be missing\n`);
process.exitCode = bad.length > 0 || rows.length === 0 ? 1 : 0;

function tryDefence(defence: Defence) {
  const { name, test } = defence;
  const isMeant = (fullName: string): boolean => fullName.includes(defence.named ?? '');
  const unfit = whole.failing.find(({ file, fullName }) => file.endsWith(test) && isMeant(fullName));
  if (unfit || whole.passed === 0) {
    return tell({
      name,
      test,
      fate: 'unfit',
      why: `with the defence in its place this fails: ${unfit?.fullName ?? 'all'}`,
    });
  }
  let putBack: () => void;
  try {
    putBack = copy.takeOut(defence);
  } catch (error) {
    return tell({ name, test, fate: 'stale', why: error instanceof Error ? error.message : String(error) });
  }
  const run = runTests(copy, [test], defence.named);
  putBack();
  // A file that does not even load proves nothing.
  return run.failed > 0
    ? tell({
        name,
        test,
        fate: 'killed',
        why: `${run.failed} of ${run.failed + run.passed}: ${run.failing[0]?.fullName}`,
      })
    : tell({ name, test, fate: 'SURVIVED', why: `${run.passed} tests passed without it`, run });
}

function tell(row: { name: string; test: string; fate: string; why: string; run?: Run }) {
  process.stdout.write(`${row.fate}: ${row.name} (${row.why})\n${row.run?.output.slice(-3000) ?? ''}`);
  return row;
}

function runTests({ folder }: Copy, tests: readonly string[], named?: string): Run {
  const report = join(folder, 'mutant.json');
  rmSync(report, { force: true });
  const args = [
    'run',
    '--project',
    'all',
    ...tests,
    '--reporter=json',
    `--outputFile=${report}`,
    '--retry=0',
  ];
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['prisma/run.cjs', 'node_modules/vitest/vitest.mjs', ...args, ...(named ? ['-t', named] : [])],
    { cwd: folder, encoding: 'utf8', env: { ...process.env, NODE_ENV: 'test' } },
  );
  try {
    const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, 'utf8')) as {
      numPassedTests: number;
      numFailedTests: number;
      testResults: {
        name: string;
        assertionResults: { status: string; fullName: string }[];
      }[];
    };
    const failing = testResults.flatMap(({ name: file, assertionResults }) =>
      assertionResults.flatMap(({ status, fullName }) => (status === 'failed' ? { file, fullName } : [])),
    );
    return { passed: numPassedTests, failed: numFailedTests, failing, output: stdout + stderr };
  } catch {
    return { passed: 0, failed: 0, failing: [], output: stdout + stderr };
  }
}
