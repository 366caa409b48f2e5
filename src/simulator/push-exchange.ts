/** One HTTP exchange between a simulated platform and an app's server URL, cut when it takes too long. */
import type { Agent } from 'undici';

const MAX_ANSWER_BYTES = 256 * 1024;

/** One request and the text of its answer. Rejects when there is none in time, or one that is not HTTP 200. */
export async function exchange(agent: Agent, address: PushAddress, wire: Wire): Promise<string> {
  const { status, text } = await ask(agent, address, wire);
  if (status !== 200) {
    throw new Error(`the server answered HTTP ${status}`);
  }
  return text;
}

/** One request and its answer, whatever its status. Rejects when there is none in time. */
export async function ask(
  agent: Agent,
  { pushTo, pushTimeoutMs }: PushAddress,
  { query, body, type = 'text/xml' }: Wire,
): Promise<{ status: number; text: string }> {
  const target = new URL(pushTo ?? '');
  const path = `${target.pathname}${target.search ? `${target.search}&` : '?'}${query}`;
  const cut = new AbortController();
  const timer = setTimeout(() => cut.abort(new Error(`no answer within ${pushTimeoutMs} ms`)), pushTimeoutMs);
  try {
    const answer = await agent.request({
      origin: target.origin,
      path,
      method: body === null ? 'GET' : 'POST',
      headers: body === null ? {} : { 'content-type': type },
      body,
      signal: cut.signal,
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    return { status: answer.statusCode, text: await readText(answer.body) };
  } finally {
    clearTimeout(timer);
  }
}

/** Where a push goes, and for how long its answer is awaited. */
export interface PushAddress {
  readonly pushTo: string | undefined;
  readonly pushTimeoutMs: number;
}

/** What goes over the wire. */
export interface Wire {
  query: string;
  /** null: a GET. */
  body: string | Buffer | null;
  /** The body's content type; XML by default. */
  type?: string;
}

async function readText(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) {
      throw new Error('the answer is too long');
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
