/** Worker: sends prepared requests over kept-alive connections, one at a time on each, as fast as they are answered. */
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { type Percentiles, percentilesOf } from '#bench/stats.js';
import { answer, readInput } from './answer.js';

/** A request that is ready but for the connection. */
export interface PreparedRequest {
  path: string;
  type: string;
  body: string;
}

/** What to send. */
export interface BlastInput {
  url: string;
  connections: number;
  seconds: number;
  warmUpSeconds: number;
  /** A file with a JSON list of requests; they are repeated when all are sent, unless `once`. */
  requestsFile: string;
  once?: boolean;
  /** What a good answer holds. */
  expect: string;
}

/** What came of it; times are in milliseconds. */
export interface BlastResult {
  count: number;
  errors: number;
  seconds: number;
  perSecond: number;
  times: Percentiles;
  /** The first answer that was not good. */
  problem: string | null;
}

const input = readInput<BlastInput>();
const target = new URL(input.url);
const wires = (JSON.parse(readFileSync(input.requestsFile, 'utf8')) as PreparedRequest[]).map(toWire);
const times: number[] = [];
let next = 0;
let errors = 0;
let problem: string | null = null;

function toWire({ path, type, body }: PreparedRequest): Buffer {
  return Buffer.from(
    `POST ${path} HTTP/1.1\r\nHost: ${target.host}\r\nContent-Type: ${type}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

/** The length of a complete answer at the start of the text; 0 while it is incomplete. */
function answerLength(data: Buffer): number {
  const headEnd = data.indexOf('\r\n\r\n');
  if (headEnd < 0) {
    return 0;
  }
  const length = /content-length: (\d+)/i.exec(data.toString('latin1', 0, headEnd))?.[1];
  if (length === undefined) {
    throw new Error('an answer without a length');
  }
  const size = headEnd + 4 + Number(length);
  return data.length >= size ? size : 0;
}

function note(data: Buffer, startedAt: number, warmUntil: number): void {
  const now = performance.now();
  const isGood = data.toString('latin1', 9, 12) === '200' && data.includes(input.expect);
  if (!isGood) {
    errors += 1;
    problem ??= data.toString('utf8').slice(0, 500);
  } else if (startedAt >= warmUntil) {
    times.push(now - startedAt);
  }
}

function lane(warmUntil: number, until: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: target.hostname, port: Number(target.port), noDelay: true });
    let startedAt = 0;
    let pending: Buffer | null = null;
    const sendNext = (): void => {
      const wire = input.once ? wires[next] : wires[next % wires.length];
      next += 1;
      startedAt = performance.now();
      if (!wire || startedAt >= until) {
        socket.end();
        resolve();
        return;
      }
      socket.write(wire);
    };
    socket.on('connect', sendNext);
    socket.on('error', reject);
    socket.on('data', (chunk) => {
      const data = pending ? Buffer.concat([pending, chunk]) : chunk;
      const size = answerLength(data);
      pending = size === 0 ? data : null;
      if (size > 0) {
        note(data, startedAt, warmUntil);
        sendNext();
      }
    });
  });
}

const startedAt = performance.now();
const warmUntil = startedAt + input.warmUpSeconds * 1000;
const until = warmUntil + input.seconds * 1000;
await Promise.all(Array.from({ length: input.connections }, () => lane(warmUntil, until)));
const seconds = (Math.min(performance.now(), until) - warmUntil) / 1000;
answer({
  count: times.length,
  errors,
  seconds,
  perSecond: times.length / seconds,
  times: percentilesOf(times),
  problem,
} satisfies BlastResult);
