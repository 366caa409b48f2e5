/** Opens a simulator on a free port with a settable clock, and a server URL that answers as the test wants. */
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { silentLogger } from '#src/lib/logger.js';
import {
  createSimulator,
  type Simulator,
  type SimulatorOptions,
  simulatorDefaults,
} from '#src/simulator/index.js';

/** The time at which every test begins: 2026-11-23 12:00 in China. */
export const START = Date.UTC(2026, 10, 23, 4);

/** A JSON answer: its status, its parsed body and its text. */
export interface Answer {
  status: number;
  body: Record<string, unknown>;
  text: string;
}

/** A running simulator. */
export interface SimWorld {
  base: string;
  simulator: Simulator;
  /** The simulator's time, set by `advance`. */
  now(): number;
  advance(ms: number): void;
  /** A control call below /api. */
  api(method: string, path: string, body?: unknown): Promise<Answer>;
  /** A platform call below /wechat with a good token, unless the query has its own. A body makes it a POST. */
  wx(
    path: string,
    options?: { query?: Record<string, string>; body?: unknown; raw?: string; method?: string },
  ): Promise<Answer>;
  /** A good token of the stable family. */
  token(): Promise<string>;
  /** A new person's openid; a follower unless told otherwise. */
  person(options?: { following?: boolean }): Promise<string>;
}

/** Opens a simulator; it is closed when the test ends. */
export async function openSim(options: Partial<SimulatorOptions> = {}): Promise<SimWorld> {
  let now = START;
  const simulator = createSimulator({
    ...simulatorDefaults,
    publicUrl: 'http://127.0.0.1',
    clock: { now: () => now },
    log: silentLogger,
    delay: () => Promise.resolve(),
    ...options,
  });
  onTestFinished(() => simulator.close());
  const base = await listen(simulator.app.callback());
  simulator.setAddresses({ publicUrl: base });
  const api: SimWorld['api'] = (method, path, body) =>
    ask(`${base}/api${path}`, { method, body: body === undefined ? undefined : JSON.stringify(body) });
  const token = async (): Promise<string> => {
    const { appId, secret } = simulatorDefaults;
    const wanted = { grant_type: 'client_credential', appid: appId, secret };
    const { body } = await ask(`${base}/wechat/cgi-bin/stable_token`, {
      method: 'POST',
      body: JSON.stringify(wanted),
    });
    return String(body.access_token);
  };
  let kept: string | null = null;
  return {
    base,
    simulator,
    now: () => now,
    advance: (ms) => {
      now += ms;
      kept = null;
    },
    api,
    token,
    wx: async (path, { query = {}, body, raw, method } = {}) => {
      kept ??= 'access_token' in query ? null : await token();
      const full = new URLSearchParams({
        ...('access_token' in query ? {} : { access_token: kept ?? '' }),
        ...query,
      });
      const content = raw ?? (body === undefined ? undefined : JSON.stringify(body));
      return ask(`${base}/wechat${path}?${full}`, {
        method: method ?? (content === undefined ? 'GET' : 'POST'),
        body: content,
      });
    },
    person: async ({ following = true } = {}) => {
      const openid = String((await api('POST', '/followers', {})).body.openid);
      if (following) {
        await api('POST', `/followers/${openid}/follow`, {});
      }
      return openid;
    },
  };
}

/** Serves on a free port of the loopback until the test ends; resolves to the address. */
export async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A push that the server URL got. */
export interface Push {
  method: string;
  query: URLSearchParams;
  body: string;
}

/** A server URL that keeps what it gets. `reply` gives the answer, or null to say nothing at all. */
export async function openServerUrl(
  reply: (push: Push, nth: number) => string | number | null = () => 'success',
): Promise<{ url: string; pushes: Push[] }> {
  const pushes: Push[] = [];
  const base = await listen((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      const query = new URL(req.url ?? '', 'http://x').searchParams;
      const push = { method: req.method ?? '', query, body: Buffer.concat(chunks).toString() };
      pushes.push(push);
      const answer = reply(push, pushes.length);
      if (answer !== null) {
        res.statusCode = typeof answer === 'number' ? answer : 200;
        res.end(typeof answer === 'number' ? '' : answer);
      }
    });
  });
  return { url: `${base}/wechat`, pushes };
}

/** One HTTP exchange; a body that is not JSON is an empty record. */
export async function ask(url: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, { redirect: 'manual', ...init });
  const text = await response.text();
  return { status: response.status, body: parseRecord(text), text };
}

/** The items of an inbox answer. */
export function itemsOf(answer: Answer): Record<string, unknown>[] {
  return Array.isArray(answer.body.items) ? answer.body.items : [];
}

function parseRecord(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}
