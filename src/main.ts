/** Boots the server: settings, port, parts, engine; a signal drains it. */
import './lib/lean-wasm.js';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Config, loadConfig } from './config.js';
import { systemClock } from './lib/clock.js';
import { watchDescriptors } from './lib/descriptors.js';
import { createFollowedClock } from './lib/followed-clock.js';
import { hostNameOfUrl, isLoopbackName } from './lib/host-names.js';
import { createHttpServer } from './lib/http-server.js';
import { createLogger, type Logger } from './lib/logger.js';
import { keepFilesPrivate } from './lib/private-files.js';
import { explainStart } from './start-trouble.js';
import { wire } from './wiring.js';

/** How long requests under way may take to end after a signal, in milliseconds. */
const DRAIN_MS = 10_000;

keepFilesPrivate();
await boot().catch((error: unknown) => {
  const sentence = explainStart(error);
  process.stderr.write(`${sentence ?? String(error instanceof Error ? error.stack : error)}\n`);
  process.exit(1);
});

async function boot(): Promise<void> {
  const config = loadConfig();
  const log = createLogger(config.logLevel);
  warnOfSettings(config, log);
  const stopWatching = watchDescriptors(log);
  // The port is taken first, since the parts need to know it; who asks meanwhile is told to come back.
  let answer: RequestListener = (_request, response) => {
    response.writeHead(503, { 'retry-after': '1' }).end('starting');
  };
  const server = createHttpServer((request, response) => answer(request, response));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(config.port, config.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const selfHost = config.host === '0.0.0.0' || config.host === '::' ? '127.0.0.1' : config.host;
  const selfUrl = `http://${selfHost.includes(':') ? `[${selfHost}]` : selfHost}:${port}`;
  // Loaded only where it is used: a server with accounts of its own has no simulator in memory.
  const { mountSimulator } = config.sandbox ? await import('./sandbox.js') : { mountSimulator: null };
  const clock = createFollowedClock(systemClock);
  const sandbox = mountSimulator?.({ selfUrl, config, clock, log }) ?? null;
  const parts = await wire({
    config: sandbox ? await sandbox.complete(config) : config,
    clock,
    log,
    selfUrl,
    extraDoors: sandbox ? [sandbox.door] : [],
  });
  answer = parts.app.callback();
  const stopUpkeep = parts.upkeep.start({ figuresOnly: config.role === 'api' });
  if (config.role !== 'api') {
    await parts.worker.start();
  }
  await sandbox?.prepare(parts);
  log.info(`listening on http://${config.host}:${port}`, {
    publicUrl: parts.publicUrl,
    sandbox: config.sandbox,
  });
  onSignal(log, async () => {
    stopWatching();
    stopUpkeep();
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeIdleConnections();
    await parts.worker.stop();
    sandbox?.endStreams();
    await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, DRAIN_MS))]);
    server.closeAllConnections();
    await parts.close();
    await sandbox?.close();
  });
}

/** What the settings allow, and hardly anybody means. */
function warnOfSettings({ role, databaseUrl, sandbox, host, publicUrl }: Config, log: Logger): void {
  if (role === 'api' && databaseUrl.startsWith('file:')) {
    log.warn(
      'ROLE=api on SQLite: messages are accepted and nothing sends them, since no other process can have the file; set ROLE=all, or use PostgreSQL',
    );
  }
  const isPublic = publicUrl !== null && !isLoopbackName(hostNameOfUrl(publicUrl));
  if (sandbox && (isPublic || !isLoopbackName(host))) {
    log.warn('the sandbox can be reached from other machines, and whoever reaches it may do everything', {
      host,
      publicUrl,
    });
  }
  if (!sandbox && isPublic && publicUrl.startsWith('http:')) {
    log.warn('PUBLIC_URL is http: sign-ins, keys and messages go over the net in clear; put TLS in front');
  }
}

/** The first signal drains and ends well; a second ends at once. */
function onSignal(log: Logger, drain: () => Promise<void>): void {
  let draining = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (draining) {
        process.exit(1);
      }
      draining = true;
      log.info('draining', { signal });
      drain().then(
        () => {
          log.info('stopped');
          process.exit(0);
        },
        (error: unknown) => {
          log.error('draining failed', { error });
          process.exit(1);
        },
      );
    });
  }
}
