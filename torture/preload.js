// What the harness does inside a server that it torments: shifts its clock. Loaded with --import before the server's own code,
// which knows nothing of it.
import { readFileSync } from 'node:fs';

const { TORTURE_CLOCK: clockPath } = process.env;

if (clockPath) {
  shiftClock(clockPath);
}

/** The file holds by how many milliseconds the clock is wrong; it is looked at often, so that the clock jumps under way. */
function shiftClock(path) {
  const readNow = Date.now;
  let offset = 0;
  const look = () => {
    offset = Number(readFileSync(path, 'utf8')) || 0;
  };
  look();
  setInterval(look, 50).unref();
  Date.now = () => readNow() + offset;
  globalThis.Date = new Proxy(Date, {
    construct: (target, args, self) => Reflect.construct(target, args.length > 0 ? args : [Date.now()], self),
    apply: () => new Date().toString(),
  });
}
