/** Plain HTTP for tests: a request, and its answer as text and JSON. */

/** An answer, read to its end. */
export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** The body as JSON; undefined where it is none. */
  json: unknown;
}

/** What a request carries. */
export interface Ask {
  method?: string;
  headers?: Record<string, string>;
  /** An object goes as JSON, a text as it is. */
  body?: unknown;
}

/** Sends a request and reads the answer; follows no redirect. */
export async function ask(url: string, input: Ask = {}): Promise<Answer> {
  const isText = typeof input.body === 'string' || input.body instanceof Uint8Array;
  const body =
    input.body === undefined || isText ? (input.body as string | undefined) : JSON.stringify(input.body);
  const answer = await fetch(url, {
    method: input.method ?? (body === undefined ? 'GET' : 'POST'),
    redirect: 'manual',
    headers: {
      ...(body === undefined || isText ? {} : { 'content-type': 'application/json' }),
      ...input.headers,
    },
    ...(body === undefined ? {} : { body }),
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, text, json: parseJson(text) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
