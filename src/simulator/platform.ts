/** The contract between the simulator and each simulated platform: one folder, one line in the list of platforms. */
import type Koa from 'koa';
import type { z } from 'zod';
import type { RawAnswer } from './raw-push.js';

/** How a served call ended, for the counters. */
export interface ServedCall {
  /** The platform's error number; 0 or absent is success. */
  errcode?: number;
  /** The sender's own id of a message, where the platform has a field for it. */
  clientMsgId?: string;
}

/** What a control call gets. */
export interface ControlInput<Body = unknown> {
  /** The parts of the path that the pattern names. */
  params: Readonly<Record<string, string>>;
  query: URLSearchParams;
  body: Body;
  ctx: Koa.Context;
}

/** One call of the control API. */
export interface ControlRoute {
  method: 'GET' | 'POST' | 'DELETE';
  /** Below `/api`; a segment that starts with a colon is a parameter. */
  pattern: string;
  /** Status of success; 200 by default. 204 sends no body. */
  status?: number;
  /** Does the call and returns the answer's JSON. A thrown ZodError is a 400. */
  run(input: ControlInput): unknown;
}

/** A simulated platform. */
export interface Platform {
  /** The first segment of its paths. */
  readonly name: string;
  /** Answers a call; `path` is what follows the name and starts with a slash, or is empty. */
  serve(ctx: Koa.Context, path: string): Promise<ServedCall> | ServedCall;
  /** Its part of the control API. */
  readonly controls: readonly ControlRoute[];
  /** The platform's own error body for an injected error number. */
  faultBody(errcode: number): unknown;
  /** Forgets everything. */
  reset(): void;
  /** Its own counters in `/api/stats`. */
  stats?(): Record<string, unknown>;
  /** Pushes a body to the server as it is, signed; null where no server URL is set. For platforms that push. */
  pushRaw?(body: Buffer): Promise<RawAnswer | null>;
  /** Resolves when nothing is on its way from the platform to the server. */
  idle?(): Promise<void>;
  /** Lets go of connections. */
  close?(): Promise<void>;
}

/** A control route whose body type follows from its schema. */
export function controlRoute<Schema extends z.ZodType>(
  route: Omit<ControlRoute, 'run'> & {
    /** Checks the JSON body; an absent body counts as `{}`. */
    schema: Schema;
    run(input: ControlInput<z.output<Schema>>): unknown;
  },
): ControlRoute {
  const { method, pattern, status, schema } = route;
  return { method, pattern, status, run: (input) => route.run({ ...input, body: schema.parse(input.body) }) };
}

/** A control call's mistake: becomes `{error: {code, message}}`. */
export class ControlError extends Error {
  override readonly name = 'ControlError';
  constructor(
    readonly status: 400 | 403 | 404 | 405 | 409 | 413,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}
