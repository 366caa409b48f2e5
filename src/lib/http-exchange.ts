/** One HTTP request and its answer over undici's dispatcher: a total time limit, a size limit, no redirects, low overhead. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';

/** What to send and how much to take. */
export interface ExchangeRequest {
  /** Scheme, host and port. */
  origin: string;
  /** Path with query. */
  path: string;
  method: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
  /** From the call to the last byte of the answer, waiting for a connection included. */
  timeoutMs: number;
  /** The answer is cut here. */
  maxBytes: number;
}

/** A complete answer, or the first `maxBytes` of a longer one (`truncated`). Any status, 3xx included. */
export interface ExchangeAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
  truncated: boolean;
}

/** No complete answer came. Holds no address, no header and no body: all of them may be secret. */
export class ExchangeError extends Error {
  /** `invalid`: undici refused the request itself, such as a line break in a header. */
  readonly reason: 'timeout' | 'network' | 'invalid';
  /** Whether the request, or a part of it, may have reached the other side. */
  readonly sent: boolean;
  /** The system's or undici's code, such as ECONNREFUSED. */
  readonly code: string | undefined;
  /** What the connector threw, for callers whose connector throws errors of their own. */
  readonly origin: unknown;

  constructor(reason: 'timeout' | 'network' | 'invalid', sent: boolean, origin?: unknown) {
    const code = codeOf(origin);
    super(`${reason}${code ? ` (${code})` : ''}`);
    this.name = 'ExchangeError';
    this.reason = reason;
    this.sent = sent;
    this.code = code;
    // Not enumerable: a logger that prints all fields must not print a foreign error with an address in its text.
    Object.defineProperty(this, 'origin', { value: origin, enumerable: false });
  }
}

/**
 * Sends a request and gives the whole answer. Throws `ExchangeError` and nothing else. The promise settles at the time
 * limit even while the request still waits for a connection; it is then dropped unsent.
 */
export function exchange(dispatcher: Dispatcher, request: ExchangeRequest): Promise<ExchangeAnswer> {
  return new Promise((resolve, reject) => {
    const handler = new AnswerCollector(request.maxBytes, resolve, reject);
    handler.startTimer(request.timeoutMs);
    try {
      dispatcher.dispatch(
        {
          origin: request.origin,
          path: request.path,
          method: request.method as Dispatcher.HttpMethod,
          headers: request.headers,
          body: request.body,
          // One timer for everything instead of two more for each request.
          headersTimeout: 0,
          bodyTimeout: 0,
        },
        handler,
      );
    } catch (error) {
      handler.failWith(error);
    }
  });
}

/** Collects one answer; every method may come late and is then ignored. */
class AnswerCollector implements Dispatcher.DispatchHandler {
  private readonly chunks: Buffer[] = [];
  private size = 0;
  private status = 0;
  private headers: IncomingHttpHeaders = {};
  private controller: Dispatcher.DispatchController | null = null;
  private timer: NodeJS.Timeout | null = null;
  private settled = false;

  constructor(
    private readonly maxBytes: number,
    private readonly resolve: (answer: ExchangeAnswer) => void,
    private readonly reject: (error: ExchangeError) => void,
  ) {}

  startTimer(timeoutMs: number): void {
    this.timer = setTimeout(() => this.fail('timeout'), timeoutMs);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    if (this.settled) {
      controller.abort(new Error('abandoned'));
    }
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
  ): void {
    this.status = status;
    this.headers = headers;
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.settled) {
      return;
    }
    const room = this.maxBytes - this.size;
    this.chunks.push(chunk.length > room ? chunk.subarray(0, room) : chunk);
    this.size += chunk.length;
    if (chunk.length > room) {
      this.finish(true);
      this.controller?.abort(new Error('enough'));
    }
  }

  onResponseEnd(): void {
    this.finish(false);
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.failWith(error);
  }

  /** undici checks some headers only when it writes the request, before any byte is out. */
  failWith(error: unknown): void {
    this.fail(codeOf(error) === 'UND_ERR_INVALID_ARG' ? 'invalid' : 'network', error);
  }

  private fail(reason: 'timeout' | 'network' | 'invalid', origin?: unknown): void {
    if (this.settle()) {
      this.reject(new ExchangeError(reason, reason !== 'invalid' && this.controller !== null, origin));
      this.controller?.abort(new Error('abandoned'));
    }
  }

  private finish(truncated: boolean): void {
    if (this.settle()) {
      const only = this.chunks.length === 1 ? this.chunks[0] : undefined;
      const body = only ?? Buffer.concat(this.chunks);
      this.resolve({ status: this.status, headers: this.headers, body, truncated });
    }
  }

  private settle(): boolean {
    if (this.settled) {
      return false;
    }
    this.settled = true;
    if (this.timer) {
      clearTimeout(this.timer);
    }
    return true;
  }
}

function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}
