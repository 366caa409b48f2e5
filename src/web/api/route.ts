/** Declares a call of the management API once: the check of its input, its answer and its OpenAPI entry. */
import type { Readable } from 'node:stream';
import { z } from 'zod';
import type { Manager } from '#src/core/accounts.js';
import type { ErrorCode } from '#src/core/errors.js';
import type { TokenScope } from '#src/core/token-scopes.js';
import { type Fields, parseBody, parseParams, parseQuery } from './parse.js';

/** What a call gets: who makes it, and its input after the check. */
export interface Call<P, Q, B> {
  manager: Manager;
  params: P;
  query: Q;
  body: B;
}

/** A file as an answer. */
export interface FileAnswer {
  name: string;
  /** null: nobody knows before it is written. */
  sizeBytes: number | null;
  stream: Readable;
}

/** A call as it comes in, unchecked. */
export type RawCall = Call<unknown, unknown, unknown>;

/** What every declaration says. */
interface RouteHead {
  /** The operation's name, unique: verb and noun. */
  name: string;
  method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** The path below /api/v1, with `{name}` for its variable parts. */
  path: string;
  /** The group in the documentation. */
  tag: string;
  /** What it does: Chinese, then English. */
  summary: string;
  /** The status of a success. */
  status: 200 | 201 | 202 | 204;
  /** Developers are refused. */
  operatorOnly?: boolean;
  /** What a personal token needs for it, where that is not what `scopeOf` says. */
  scope?: TokenScope;
  /** It answers with a file of this media type. */
  file?: string;
  /** Codes it can refuse with, beside those that its input and the sign-in imply. */
  errors?: readonly ErrorCode[];
}

/** A declaration; absent schemas mean that nothing is read, an absent answer that there is none. */
export interface RouteInput<P extends Fields, Q extends Fields, B extends Fields, A extends z.ZodType>
  extends RouteHead {
  params?: P;
  query?: Q;
  body?: B;
  answer?: A;
  run(call: Call<z.output<P>, z.output<Q>, z.output<B>>): Promise<z.input<A>>;
}

/** A declared call, its types folded away. */
export interface Route extends RouteHead {
  params: Fields;
  query: Fields;
  /** null: no body is read. */
  body: Fields | null;
  answer: z.ZodType | null;
  /** Checks the input, runs, and cuts the answer to what is declared, so that no secret slips out. Throws AppError. */
  answerTo(call: RawCall): Promise<unknown>;
}

const NOTHING = z.object({});
type Nothing = typeof NOTHING;

/** Declares a call. */
export function declareRoute<
  P extends Fields = Nothing,
  Q extends Fields = Nothing,
  B extends Fields = Nothing,
  A extends z.ZodType = z.ZodVoid,
>(input: RouteInput<P, Q, B, A>): Route {
  const { params, query, body, answer, run, ...head } = input;
  const schemas = { params: params ?? NOTHING, query: query ?? NOTHING, body: body ?? NOTHING };
  return {
    ...head,
    ...schemas,
    body: body ?? null,
    answer: answer ?? null,
    async answerTo(raw) {
      const given = await run({
        manager: raw.manager,
        // The schemas are P, Q and B, or stand in for a type parameter that is Nothing.
        params: parseParams(schemas.params, raw.params) as z.output<P>,
        query: parseQuery(schemas.query, raw.query) as z.output<Q>,
        body: parseBody(schemas.body, raw.body) as z.output<B>,
      });
      return answer?.parse(given);
    },
  };
}

/** Declares a call that answers with a file. */
export function declareFileRoute<P extends Fields>(
  input: Omit<RouteInput<P, Nothing, Nothing, z.ZodVoid>, 'run' | 'answer' | 'query' | 'body'> & {
    params: P;
    file: string;
    run(call: Call<z.output<P>, unknown, unknown>): Promise<FileAnswer>;
  },
): Route {
  const { params, run, ...head } = input;
  return {
    ...head,
    params,
    query: NOTHING,
    body: null,
    answer: null,
    async answerTo(raw) {
      parseQuery(NOTHING, raw.query);
      // The schema is P.
      return run({ ...raw, params: parseParams(params, raw.params) as z.output<P> });
    },
  };
}

/** What a personal token needs for a call. What is forgotten in a declaration needs more rather than less. */
export function scopeOf({ scope, operatorOnly, method }: Route): TokenScope {
  if (operatorOnly) {
    return 'operate';
  }
  return scope ?? (method === 'get' ? 'read' : 'manage');
}

/** Whether an answer is a file. */
export function isFileAnswer(answer: unknown): answer is FileAnswer {
  return typeof answer === 'object' && answer !== null && 'stream' in answer;
}
