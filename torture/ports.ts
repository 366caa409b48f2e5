/** Ports for servers that are killed and come back: of those that the system gives to nobody by itself, so that nobody takes one meanwhile. */
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below what systems give to outgoing connections (Linux from 32768, others from 49152). */
const FIRST = 12_000;
const END = 32_000;
const TRIES = 100;
const taken = new Set<number>();

/** A port that nobody listens on, and that nobody else in this process is given. */
export async function takePort(): Promise<number> {
  for (let tried = 0; tried < TRIES; tried += 1) {
    const port = randomInt(FIRST, END);
    if (!taken.has(port) && (await isFree(port))) {
      taken.add(port);
      return port;
    }
  }
  throw new Error('no port is free');
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer();
  probe.listen(port, '127.0.0.1');
  const isListening = await Promise.race([
    once(probe, 'listening').then(() => true),
    once(probe, 'error').then(() => false),
  ]).catch(() => false);
  if (isListening) {
    const closed = once(probe, 'close');
    probe.close();
    await closed;
  }
  return isListening;
}
