/** The server as a process of its own, by a clock that runs fast: leases end in seconds, and all processes agree on the time. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseConfig } from '#src/config.js';
import { type Clock, systemClock } from '#src/lib/clock.js';
import { createLogger } from '#src/lib/logger.js';
import { wire } from '#src/wiring.js';

const from = Number(process.env.CLOCK_FROM);
const speed = Number(process.env.CLOCK_SPEED ?? 1);
const clock: Clock = { now: () => Math.round(from + (systemClock.now() - from) * speed) };
const pollMs = Number(process.env.POLL_MS ?? 1000);
const { CLOCK_FROM: _from, CLOCK_SPEED: _speed, POLL_MS: _poll, JOBS: jobs = 'leases', ...env } = process.env;
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
