// What the harness does inside a server that it torments: moves its clocks. Loaded with --import before the server's own code,
// which knows nothing of it.
import { openSync, readSync } from 'node:fs';

const { TORTURE_CLOCK: clockPath } = process.env;

if (clockPath) {
  moveClocks(clockPath);
}

/**
 * The file holds two numbers of milliseconds: by how many the time of the world has moved on, which every clock shows, and by how
 * many this machine's calendar is wrong, which only Date shows. It is looked at often, so that clocks move under way; it stays
 * open, since a process without a descriptor left must not die of this.
 */
function moveClocks(path) {
  const file = openSync(path, 'r');
  const bytes = Buffer.alloc(64);
  let [passed, wrong] = [0, 0];
  const look = () => {
    const length = readSync(file, bytes, 0, bytes.length, 0);
    [passed = 0, wrong = 0] = bytes.toString('utf8', 0, length).trim().split(' ').map(Number);
  };
  look();
  setInterval(look, 50).unref();
  const readNow = Date.now;
  Date.now = () => readNow() + passed + wrong;
  globalThis.Date = new Proxy(Date, {
    construct: (target, args, self) => Reflect.construct(target, args.length > 0 ? args : [Date.now()], self),
    apply: () => new Date().toString(),
  });
  const readMonotonic = performance.now.bind(performance);
  performance.now = () => readMonotonic() + passed;
  const readPair = process.hrtime;
  const readBig = process.hrtime.bigint;
  process.hrtime = (since) => {
    const [seconds, nanos] = readPair();
    const at = [seconds + Math.floor(passed / 1000), nanos + (passed % 1000) * 1e6];
    const [a, b] = [at[0] - (since?.[0] ?? 0), at[1] - (since?.[1] ?? 0)];
    return [a + Math.floor(b / 1e9), ((b % 1e9) + 1e9) % 1e9];
  };
  process.hrtime.bigint = () => readBig() + BigInt(passed) * 1_000_000n;
}
