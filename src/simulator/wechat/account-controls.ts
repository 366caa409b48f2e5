/** The control calls about the account itself: quotas, tokens, switches, templates, pushes, and what was shown. */
import { z } from 'zod';
import { ControlError, type ControlRoute, controlRoute } from '../platform.js';
import { ACCOUNT_KINDS, type WechatState } from './wechat-state.js';

const accountSchema = z.strictObject({
  name: z.string().min(1).max(64).optional(),
  kind: z.enum(ACCOUNT_KINDS).optional(),
  frozen: z.boolean().optional(),
  punished: z.boolean().optional(),
  allowedIps: z.array(z.string()).nullable().optional(),
  oauthDomain: z.string().nullable().optional(),
  jobStatus: z.string().nullable().optional(),
  followersPerPage: z.int().min(1).max(10_000).optional(),
  countsCustomMessages: z.boolean().optional(),
});
const tokenSchema = z.strictObject({
  dieAfterCalls: z.int().min(1).nullable().optional(),
  kill: z.boolean().optional(),
  errcode: z.int().optional(),
});
const templateSchema = z.strictObject({
  templateId: z.string().min(1).max(64).optional(),
  title: z.string().min(1).max(64),
  kind: z.enum(['category', 'free']),
  content: z.string().min(1).max(2_000),
  constants: z.record(z.string(), z.array(z.string())).optional(),
});

/** Makes these routes for one account. */
export function accountControls(state: WechatState): ControlRoute[] {
  return [...accountCallsOf(state), ...limitCalls(state), ...pushCalls(state)];
}

function accountCallsOf(state: WechatState): ControlRoute[] {
  return [
    { method: 'GET', pattern: '/account', run: () => describeAccount(state) },
    controlRoute({
      method: 'POST',
      pattern: '/account',
      schema: accountSchema,
      run: ({ body: { frozen, punished, ...same } }) => {
        Object.assign(state.account, same);
        state.account.isFrozen = frozen ?? state.account.isFrozen;
        state.account.isPunished = punished ?? state.account.isPunished;
        state.world.live.tell('menu', {});
        return describeAccount(state);
      },
    }),
    controlRoute({
      method: 'POST',
      pattern: '/templates',
      status: 201,
      schema: templateSchema,
      run: ({ body: { templateId, ...input } }) => {
        const template = state.templates.add({ ...input, id: templateId });
        if (!template) {
          throw new ControlError(409, 'full', '模板已满 25 个 The account has 25 templates already');
        }
        return { templateId: template.id };
      },
    }),
    {
      method: 'GET',
      pattern: '/cards',
      run: () => {
        const { shown, duplicates, recipients } = state.cards;
        return { shown, recipients: recipients.size, duplicates };
      },
    },
  ];
}

function describeAccount(state: WechatState): object {
  const { settings } = state.world;
  const { name, kind } = state.account;
  return {
    appId: settings.appId,
    name,
    kind,
    mode: settings.mode,
    pushTo: settings.pushTo ?? null,
    menu: state.menu,
    quota: state.quotas.isOn,
    followers: state.people.followerCount(),
    templates: state.templates
      .list()
      .map(({ id, title, kind: regime, content }) => ({ templateId: id, title, kind: regime, content })),
  };
}

function limitCalls(state: WechatState): ControlRoute[] {
  return [
    controlRoute({
      method: 'POST',
      pattern: '/quota',
      schema: z.strictObject({ on: z.boolean(), limits: z.record(z.string(), z.int().min(0)).optional() }),
      run: ({ body }) => {
        state.quotas.turn(body.on, body.limits);
        state.world.limits.isOn = body.on;
        return { on: body.on };
      },
    }),
    controlRoute({
      method: 'POST',
      pattern: '/tokens',
      schema: tokenSchema,
      run: ({ body }) => {
        if (body.dieAfterCalls !== undefined) {
          state.tokens.setCallsPerToken(body.dieAfterCalls);
        }
        if (body.kill) {
          state.tokens.killAll(body.errcode ?? 40001);
        }
        return { tokenDeaths: state.tokens.deaths };
      },
    }),
  ];
}

function pushCalls(state: WechatState): ControlRoute[] {
  const { pusher } = state;
  return [
    controlRoute({
      method: 'POST',
      pattern: '/pushes',
      schema: z.strictObject({
        duplicate: z.boolean().optional(),
        hold: z.literal(true).optional(),
        release: z.literal(true).optional(),
      }),
      run: async ({ body }) => {
        pusher.switches.isDuplicating = body.duplicate ?? pusher.switches.isDuplicating;
        pusher.switches.isHolding = body.hold ?? pusher.switches.isHolding;
        const released = body.release ? await pusher.release() : 0;
        return { duplicate: pusher.switches.isDuplicating, hold: pusher.switches.isHolding, released };
      },
    }),
    { method: 'POST', pattern: '/verify', run: () => pusher.verify() },
  ];
}
