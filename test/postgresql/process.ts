/** The server as a process of its own, by a clock that runs fast: leases end in seconds, and all processes agree on the time. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseConfig } from '#src/config.js';
import { type Clock, systemClock } from '#src/lib/clock.js';
import { createFollowedClock } from '#src/lib/followed-clock.js';
import { createLogger } from '#src/lib/logger.js';
import { wire } from '#src/wiring.js';

const from = Number(process.env.CLOCK_FROM);
const speed = Number(process.env.CLOCK_SPEED ?? 1);
const wrongMs = process.env.CLOCK_WRONG_MS;
// By a calendar that is wrong, and follows the database's as the server does; else by one that runs fast.
const clock: Clock =
  wrongMs === undefined
    ? { now: () => Math.round(from + (systemClock.now() - from) * speed) }
    : createFollowedClock({ ...systemClock, now: () => systemClock.now() + Number(wrongMs) });
const pollMs = Number(process.env.POLL_MS ?? 1000);
const { CLOCK_FROM: _from, CLOCK_SPEED: _speed, CLOCK_WRONG_MS: _wrong, ...rest } = process.env;
const { POLL_MS: _poll, JOBS: jobs = 'leases', ...env } = rest;
const config = parseConfig(env);
const server = createServer();
await new Promise<void>((resolve) => {
  server.listen(config.port, '127.0.0.1', resolve);
});
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const log = createLogger(config.logLevel);
const parts = await wire({ config, clock, log, selfUrl: url, pollMs });
server.on('request', parts.app.callback());
if (config.role !== 'api') {
  await parts.worker.start();
}
const timer = setInterval(() => {
  for (const job of config.role === 'api' ? [] : jobs.split(',')) {
    const run = { ...parts.upkeep.jobs }[job];
    void run?.().catch(() => {});
  }
}, 1000);
log.info(`listening on ${url}`);
process.once('SIGTERM', () => {
  clearInterval(timer);
  server.close();
  server.closeAllConnections();
  parts.close().then(
    () => process.exit(0),
    () => process.exit(1),
  );
});
