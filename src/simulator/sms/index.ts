/** The SMS vendor's HTTP interface: one signed call that sends, its refusals, and the phones' inbox. */
import type Koa from 'koa';
import { z } from 'zod';
import { randomHex } from '#src/lib/ids.js';
import { type Arrivals, createArrivals } from '../arrivals.js';
import { type Call, formFields, queryFields, readCall, sendJson } from '../call.js';
import { type ControlRoute, controlRoute, type Platform, type ServedCall } from '../platform.js';
import { createRollingCounts, type RollingCounts } from '../rolling-counts.js';
import type { World } from '../world.js';
import { checkCaller, checkSms, refusal, type SmsRefusal, type SmsTemplate } from './checks.js';

const BODY_LIMIT_BYTES = 256 * 1024;
const MOST_NONCES = 100_000;

/** To one phone with one signature; the vendor names the level that was broken. */
const PHONE_LIMITS = [
  { most: 1, withinMs: 60_000, words: '触发分钟级流控Permits:1' },
  { most: 5, withinMs: 3_600_000, words: '触发小时级流控Permits:5' },
  { most: 10, withinMs: 86_400_000, words: '触发天级流控Permits:10' },
] as const;

/** The templates a fresh simulator has: one for messages, one for verification codes. */
const FIRST_TEMPLATES: readonly SmsTemplate[] = [
  { code: 'SMS_1', text: `您有一条新消息：\${title}` },
  { code: 'SMS_100', text: `您的验证码是 \${code}，10 分钟内有效` },
];
const firstTemplates = () => new Map(FIRST_TEMPLATES.map((template) => [template.code, template]));

interface SmsState {
  world: World;
  arrivals: Arrivals;
  templates: Map<string, SmsTemplate>;
  nonces: Set<string>;
  counts: RollingCounts<(typeof PHONE_LIMITS)[number]>;
  /** The balance of the account has run out. */
  isEmpty: boolean;
}

/** Makes the vendor: `/sms/`. Rate limits count while the simulator's limits are on. */
export function createSmsPlatform(world: World): Platform {
  const state: SmsState = {
    world,
    arrivals: createArrivals(world, 'sms'),
    templates: firstTemplates(),
    nonces: new Set(),
    counts: createRollingCounts(world.clock, PHONE_LIMITS),
    isEmpty: false,
  };
  return {
    name: 'sms',
    serve: (ctx, path) => serveSms(state, ctx, path),
    controls: smsControls(state),
    faultBody: (code) => answerBody({ status: 200, code: `isp.SYSTEM_ERROR`, message: `fault ${code}` }),
    reset: () => {
      state.arrivals.clear();
      state.templates = firstTemplates();
      state.nonces.clear();
      state.counts.clear();
      state.isEmpty = false;
    },
  };
}

function smsControls(state: SmsState): ControlRoute[] {
  return [
    state.arrivals.route,
    controlRoute({
      method: 'POST',
      pattern: '/sms/settings',
      schema: z.strictObject({ isEmpty: z.boolean() }),
      run: ({ body }) => {
        state.isEmpty = body.isEmpty;
        return body;
      },
    }),
    controlRoute({
      method: 'POST',
      pattern: '/sms/templates',
      status: 201,
      schema: z.strictObject({ code: z.string().min(1), text: z.string().min(1) }),
      run: ({ body }) => {
        state.templates.set(body.code, body);
        return body;
      },
    }),
  ];
}

async function serveSms(state: SmsState, ctx: Koa.Context, path: string): Promise<ServedCall> {
  const isCall = path === '' || path === '/';
  const call =
    isCall && (ctx.method === 'POST' || ctx.method === 'GET') ? await readCall(ctx, BODY_LIMIT_BYTES) : null;
  if (!call) {
    return send(ctx, { status: 404, code: 'InvalidAction.NotFound', message: 'Specified api is not found.' });
  }
  const fields = { ...queryFields(ctx), ...(await formFields(call)) };
  const isNonceNew = (nonce: string) => takeNonce(state.nonces, nonce);
  const stranger = checkCaller(
    { method: ctx.method, fields },
    { nowMs: state.world.clock.now(), isNonceNew },
  );
  return send(ctx, stranger ?? sendSms(state, call, fields));
}

/** Sends, or refuses; null is success. */
function sendSms(
  { world, arrivals, templates, counts, isEmpty }: SmsState,
  call: Call,
  fields: Record<string, string>,
): SmsRefusal | null {
  const sms = checkSms(fields, templates);
  if ('code' in sms) {
    return sms;
  }
  if (isEmpty) {
    return refusal('isv.AMOUNT_NOT_ENOUGH', '账户余额不足');
  }
  for (const phone of sms.phones) {
    const broken = world.limits.isOn ? counts.take(`${fields.SignName} ${phone}`) : null;
    if (broken) {
      return refusal('isv.BUSINESS_LIMIT_CONTROL', broken.words);
    }
  }
  for (const phone of sms.phones) {
    const { SignName: signName = '', TemplateCode: templateCode = '' } = fields;
    arrivals.keep({
      request: call.request,
      to: phone,
      rendered: sms.text,
      text: sms.text,
      signName,
      templateCode,
    });
  }
  return null;
}

function takeNonce(nonces: Set<string>, nonce: string): boolean {
  if (nonces.has(nonce)) {
    return false;
  }
  const [oldest] = nonces;
  if (nonces.size >= MOST_NONCES && oldest !== undefined) {
    nonces.delete(oldest);
  }
  nonces.add(nonce);
  return true;
}

function send(ctx: Koa.Context, refused: SmsRefusal | null): ServedCall {
  sendJson(ctx, refused?.status ?? 200, answerBody(refused));
  return { errcode: refused ? 1 : 0 };
}

function answerBody(refused: SmsRefusal | null): object {
  const requestId = randomHex(16).toUpperCase();
  return refused
    ? { RequestId: requestId, Code: refused.code, Message: refused.message }
    : { RequestId: requestId, Code: 'OK', Message: 'OK', BizId: `9006${randomHex(8)}^0` };
}
