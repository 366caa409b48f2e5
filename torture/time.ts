/** The time of a run: it moves on for everybody at once without anybody waiting, and a machine's calendar may be wrong. */
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The clocks of a run. All numbers are milliseconds. */
export interface RunTime {
  /** The file from which the machine `at` reads how its clocks run; see preload.js. */
  fileOf(at: number): string;
  /** Time that nobody waits for goes by, on every machine and in the outside world. */
  pass(ms: number): Promise<void>;
  /** Puts the calendar of one machine (null: of all) so far from the truth. */
  setWrong(ms: number, at: number | null): void;
  /** By how much it is wrong now. */
  wrongOf(at: number): number;
  /** How much has gone by since the run began, beside the real time. */
  passedMs(): number;
  /** What a right clock showed at a real time. */
  toWorld(realAt: number): number;
  /** The real time of something of which the outside world wrote down its own. */
  toReal(outsideAt: number): number;
  close(): void;
}

/** What a clock file holds, always as many bytes: it is written over while others read it. */
const FILE_BYTES = 48;

/** Makes the clocks of `machines`; `tellOutside` lets the outside world's time pass. */
export function createRunTime(machines: number, tellOutside: (ms: number) => Promise<void>): RunTime {
  // Not on the disk that fills up.
  const folder = mkdtempSync(join(tmpdir(), 'qingniao-clocks-'));
  const clocks = Array.from({ length: machines }, (_, at) => {
    const path = join(folder, `clock-${at}`);
    return { path, file: openSync(path, 'w'), wrongMs: 0 };
  });
  const passes: { at: number; ms: number }[] = [];
  const sumOf = (list: readonly { ms: number }[]): number => list.reduce((sum, { ms }) => sum + ms, 0);

  function write(): void {
    for (const { file, wrongMs } of clocks) {
      writeSync(file, `${sumOf(passes)} ${wrongMs}`.padEnd(FILE_BYTES), 0);
    }
  }

  write();
  return {
    fileOf: (at) => clocks[at]?.path ?? '',
    pass: async (ms) => {
      if (ms > 0) {
        passes.push({ at: Date.now(), ms });
        write();
        await tellOutside(ms);
      }
    },
    setWrong: (ms, at) => {
      for (const clock of clocks.filter((_, which) => at === null || which === at)) {
        clock.wrongMs = ms;
      }
      write();
    },
    wrongOf: (at) => clocks[at]?.wrongMs ?? 0,
    passedMs: () => sumOf(passes),
    toWorld: (realAt) => realAt + sumOf(passes.filter(({ at }) => at <= realAt)),
    toReal: (outsideAt) => {
      const before = passes.findIndex(({ at }, which) => outsideAt - sumOf(passes.slice(0, which)) < at);
      return outsideAt - sumOf(before === -1 ? passes : passes.slice(0, before));
    },
    close: () => {
      for (const { file } of clocks) {
        closeSync(file);
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
