/** A tiny WeChat API host for tests: tokens that live and die, scripted answers, and a record of what came in. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { silentLogger } from '#src/lib/logger.js';
import { createWechatPlatform, type StoredToken, type TokenStore } from '#src/platforms/wechat/index.js';

export const APP_SECRET = 'topsecret+/=0123456789';

/** One request as it came. */
export interface Seen {
  method: string;
  path: string;
  query: URLSearchParams;
  body: string;
  headers: IncomingMessage['headers'];
}

/** What to answer: a status with a body (objects become JSON), or anything done by hand. */
export type Script = (seen: Seen, res: ServerResponse) => unknown;

/** Starts the host. Paths without a script answer `{"errcode":0,"errmsg":"ok"}`, after checking the token. */
export async function openFakeWechat(cleanups: (() => unknown)[]) {
  const seen: Seen[] = [];
  const scripts = new Map<string, Script>();
  const tokens = { made: 0, current: '', alive: new Set<string>(), expiresIn: 7200 };
  const makeToken = () => {
    tokens.made += 1;
    tokens.current = `TOKEN_${tokens.made}`;
    tokens.alive.add(tokens.current);
  };
  const killToken = () => {
    tokens.alive.delete(tokens.current);
    tokens.current = '';
  };
  scripts.set('/cgi-bin/stable_token', () => {
    if (tokens.current === '') {
      makeToken();
    }
    return { access_token: tokens.current, expires_in: tokens.expiresIn };
  });
  const checkToken = (request: Seen) =>
    tokens.alive.has(request.query.get('access_token') ?? '')
      ? null
      : { errcode: 40001, errmsg: 'invalid credential rid: 6385c6c1-0fcadca1-22c1fc91' };
  const server = createServer(async (req, res) => {
    const request = await readRequest(req);
    seen.push(request);
    const script = scripts.get(request.path);
    const isOpen = request.path.startsWith('/sns/') || /token$/.test(request.path);
    const refusal = isOpen ? null : checkToken(request);
    const answer = refusal ?? (await script?.(request, res)) ?? { errcode: 0, errmsg: 'ok' };
    if (!res.headersSent && !res.destroyed && answer !== HANG) {
      res.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  cleanups.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    base,
    server,
    seen,
    tokens,
    makeToken,
    killToken,
    /** Scripts a path; the leading `/cgi-bin` may be left out. */
    on: (path: string, script: Script) =>
      scripts.set(path.startsWith('/sns') ? path : `/cgi-bin${path}`, script),
    /** How many requests a path got. */
    count: (path: string) => seen.filter((request) => request.path.endsWith(path)).length,
    last: (path: string) => seen.filter((request) => request.path.endsWith(path)).at(-1),
  };
}

/** An answer that never comes. */
export const HANG = Symbol('hang');

/** Any fake host. */
export type FakeWechat = Awaited<ReturnType<typeof openFakeWechat>>;

/** A token store in memory. */
export function createMemoryStore() {
  const kept = new Map<string, StoredToken>();
  const store: TokenStore = {
    read: async (name) => kept.get(name) ?? null,
    write: async (name, token) => void kept.set(name, token),
    clear: async (name, used) => {
      if (kept.get(name)?.value === used) {
        kept.delete(name);
      }
    },
  };
  return { ...store, kept };
}

/** A client of the fake host, with a clock that the test sets. */
export function openPlatform(
  fake: { base: string },
  cleanups: (() => unknown)[],
  options: { timeoutMs?: number; tokens?: TokenStore; startMs?: number } = {},
) {
  const clock = { at: options.startMs ?? 1_800_000_000_000, now: () => clock.at };
  const tokens = options.tokens ?? createMemoryStore();
  const platform = createWechatPlatform({
    config: {
      appId: 'wxtest',
      appSecret: APP_SECRET,
      apiBase: fake.base,
      mpBase: 'https://mp.example.com/',
      openBase: 'https://open.example.com',
      timeoutMs: options.timeoutMs ?? 5_000,
    },
    tokens,
    clock,
    log: silentLogger,
  });
  cleanups.push(() => platform.close());
  return { platform, clock, tokens };
}

/** A template message to a person, with defaults. */
export function card(openid = 'oPERSON') {
  return { openid, templateId: 'TPL', data: { thing1: { value: '标题' } } };
}

async function readRequest(req: IncomingMessage): Promise<Seen> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) {
    chunks.push(chunk as Buffer);
  }
  const url = new URL(req.url ?? '/', 'http://fake');
  return {
    method: req.method ?? '',
    path: url.pathname,
    query: url.searchParams,
    body: Buffer.concat(chunks).toString('utf8'),
    headers: req.headers,
  };
}
