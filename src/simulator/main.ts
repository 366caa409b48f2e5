/** Runs the simulator alone: `npm run simulator -- --port 9001 --push-to http://127.0.0.1:8080/wechat`. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import { systemClock } from '#src/lib/clock.js';
import { toPlainName } from '#src/lib/host-names.js';
import { createLogger } from '#src/lib/logger.js';
import { decodeAesKey } from '#src/lib/message-crypto.js';
import { keepFilesPrivate } from '#src/lib/private-files.js';
import { createSimulator, PUSH_MODES, type Simulator, simulatorDefaults } from './index.js';

const KEEP_ALIVE_MS = 65_000;

const FLAGS = {
  port: { type: 'string', default: '9001' },
  host: { type: 'string', default: '127.0.0.1' },
  'allowed-hosts': { type: 'string', default: '' },
  'push-to': { type: 'string' },
  'app-id': { type: 'string', default: simulatorDefaults.appId },
  secret: { type: 'string', default: simulatorDefaults.secret },
  token: { type: 'string', default: simulatorDefaults.token },
  'aes-key': { type: 'string', default: simulatorDefaults.aesKey },
  mode: { type: 'string', default: simulatorDefaults.mode },
  'wecom-push-to': { type: 'string' },
  'wecom-token': { type: 'string', default: simulatorDefaults.wecomToken },
  'wecom-aes-key': { type: 'string', default: simulatorDefaults.wecomAesKey },
  'smtp-port': { type: 'string', default: '2525' },
} as const;

type Flags = ReturnType<typeof readFlags>;

function readFlags(args: readonly string[]) {
  const { values } = parseArgs({ args: [...args], options: FLAGS, strict: true, allowPositionals: false });
  const mode = PUSH_MODES.find((known) => known === values.mode);
  if (!mode) {
    throw new RangeError(`--mode must be one of ${PUSH_MODES.join(', ')}`);
  }
  for (const flag of ['push-to', 'wecom-push-to'] as const) {
    if (values[flag] !== undefined && !/^https?:\/\/[^\s/]/.test(values[flag])) {
      throw new RangeError(`--${flag} must be an http or https address`);
    }
  }
  decodeAesKey(values['aes-key']);
  decodeAesKey(values['wecom-aes-key']);
  return {
    ...values,
    mode,
    port: readPort('--port', values.port),
    smtpPort: readPort('--smtp-port', values['smtp-port']),
  };
}

function readPort(flag: string, text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) {
    throw new RangeError(`${flag} must be a port number, 0 to 65535`);
  }
  return port;
}

function start(flags: Flags): void {
  const log = createLogger('info');
  const simulator = createSimulator({
    appId: flags['app-id'],
    secret: flags.secret,
    token: flags.token,
    aesKey: flags['aes-key'],
    mode: flags.mode,
    pushTo: flags['push-to'],
    wecomPushTo: flags['wecom-push-to'],
    wecomToken: flags['wecom-token'],
    wecomAesKey: flags['wecom-aes-key'],
    publicUrl: `http://${flags.host}:${flags.port}`,
    allowedHosts: flags['allowed-hosts'].split(',').map(toPlainName),
    smtpPort: flags.smtpPort,
    clock: systemClock,
    log,
  });
  const server = createServer(
    { keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: 0 },
    simulator.app.callback(),
  );
  server.once('error', (error) => exitWith(error.message));
  server.listen(flags.port, flags.host, () => {
    const { port } = server.address() as AddressInfo;
    const host = flags.host.includes(':') ? `[${flags.host}]` : flags.host;
    simulator.setAddresses({ publicUrl: `http://${host}:${port}` });
    log.info(`listening on http://${host}:${port}`);
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => void stop(server, simulator));
  }
}

async function stop(server: ReturnType<typeof createServer>, simulator: Simulator): Promise<void> {
  server.close();
  server.closeAllConnections();
  await simulator.close();
  process.exit(0);
}

function exitWith(problem: string): never {
  process.stderr.write(`simulator: ${problem.split('\n', 1)[0]}\n`);
  process.exit(1);
}

keepFilesPrivate();
try {
  start(readFlags(process.argv.slice(2)));
} catch (error) {
  exitWith(error instanceof Error ? error.message : String(error));
}
