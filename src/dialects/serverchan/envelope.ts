/** The answers of Server酱's three generations, byte for byte. */
import { asWrongKey } from '#src/core/wrong-keys.js';

/** A generation of the interface: how it answers, and what it reads. */
export type Generation = 'legacy' | 'turbo' | 'three';

/** An answer: its status and its body, an object for JSON. */
export interface Answer {
  status: number;
  body: object | string;
}

/** Server酱's numbers of what went wrong: `code`, and the `scode` and word of its class. */
const CLASSES = {
  AUTH: { code: 40001, scode: 461 },
  INPUT: { code: 20001, scode: 460 },
  /** Ours: the server failed. */
  SYSTEM: { code: 50000, scode: 500 },
} as const;

/** The class of a refusal. */
export type RefusalClass = keyof typeof CLASSES;

/** A refusal in Server酱's words. It never leaves the dialect. */
export class Refusal extends Error {
  readonly kind: RefusalClass;
  readonly status: number;

  /** Server酱 refuses with HTTP 400 unless a status says otherwise. */
  constructor(kind: RefusalClass, info: string, status = 400) {
    super(info);
    this.name = 'Refusal';
    this.kind = kind;
    this.status = status;
  }
}

/** More calls from one address than a day allows: the one answer of Server酱 that is no JSON. */
export class AddressBlocked extends Error {
  override name = 'AddressBlocked';
}

/** The refusal of a key that nobody holds. */
export function wrongKey(): Refusal {
  return asWrongKey(new Refusal('AUTH', '错误的Key'));
}

/** A message was taken in. `readKey` is ready for the status call. */
export function toAccepted(generation: Generation, messageId: number, readKey: string): Answer {
  switch (generation) {
    case 'legacy':
      return { status: 200, body: { errno: 0, errmsg: 'success', dataset: 'done' } };
    case 'three':
      return {
        status: 200,
        body: { code: 0, errno: 0, data: { pushid: messageId, meta: {} }, message: 'SUCCESS' },
      };
    case 'turbo':
      return {
        status: 200,
        body: {
          code: 0,
          message: '',
          data: { pushid: String(messageId), readkey: readKey, error: 'SUCCESS', errno: 0 },
        },
      };
  }
}

/** A message was refused. */
export function toRefused(generation: Generation, refusal: Refusal): Answer {
  return generation === 'legacy' ? toLegacyRefused(refusal) : toFailure(refusal);
}

/** The envelope of Turbo's errors; ³ documents none, so it has the same. */
function toFailure({ kind, status, message: info }: Refusal): Answer {
  const { code, scode } = CLASSES[kind];
  return { status, body: { message: `[${kind}]${info}`, code, info, args: [null], scode } };
}

/** The first generation answered all its mistakes with status 200, and an empty title with a page. */
function toLegacyRefused(refusal: Refusal): Answer {
  if (refusal.message === EMPTY_TITLE) {
    const body =
      '<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>消息标题不能为空</title><p>消息标题不能为空 The title is empty</p></html>';
    return { status: 200, body };
  }
  const errmsg = refusal.message === WRONG_KEY ? 'bad pushtoken' : refusal.message;
  return { status: refusal.kind === 'SYSTEM' ? refusal.status : 200, body: { errno: 1024, errmsg } };
}

const WRONG_KEY = wrongKey().message;

/** What an empty title is told. */
export const EMPTY_TITLE = 'title 不能为空';
