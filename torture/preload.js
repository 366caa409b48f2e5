// What the harness does inside a server that it torments: shifts its clock, and plants a bug where one is asked for. Loaded with
// --import before the server's own code, which knows nothing of it.
import { readFileSync } from 'node:fs';
import { register } from 'node:module';

const { TORTURE_CLOCK: clockPath, TORTURE_BUG: bug } = process.env;

if (clockPath) {
  shiftClock(clockPath);
}
if (bug) {
  register('./plant.js', import.meta.url, { data: { bug } });
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
