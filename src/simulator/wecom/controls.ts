/** The control calls of WeCom: members and what they do, the corps' switches, and what was dropped. */
import { z } from 'zod';
import { ControlError, type ControlRoute, controlRoute } from '../platform.js';
import { findMember, newMember, simulatedWecom, type WecomCorp, type WecomMember } from './directory.js';
import { tellCorpEvent, tellEvent, writeToApp } from './members.js';
import { findCorp, mainCorp, type WecomState } from './wecom-state.js';

/** The events that a server URL hears of; only LOCATION is written in capitals. */
const EVENTS = [
  'subscribe',
  'unsubscribe',
  'enter_agent',
  'LOCATION',
  'click',
  'view',
  'scancode_push',
  'scancode_waitmsg',
  'pic_sysphoto',
  'pic_photo_or_album',
  'pic_weixin',
  'location_select',
  'template_card_event',
  'template_card_menu_event',
] as const;
const short = z.string().max(2_000);
const userIdSchema = z.string().regex(/^[0-9A-Za-z][0-9A-Za-z_@.-]{0,63}$/);
/** The message's id, where it shall not be one of its own. */
const msgId = z
  .string()
  .regex(/^\d{1,20}$/)
  .optional();
const messageSchema = z.union([
  z.strictObject({ msgId, type: z.literal('text').optional(), content: z.string().min(1).max(100_000) }),
  z.strictObject({ msgId, type: z.enum(['image', 'voice', 'video']) }),
  z.strictObject({ msgId, type: z.literal('location'), label: short.optional() }),
  z.strictObject({ msgId, type: z.literal('link'), title: short, description: short.optional(), url: short }),
]);
const eventSchema = z.strictObject({
  event: z.enum(EVENTS),
  eventKey: short.optional(),
  taskId: short.optional(),
  cardType: short.optional(),
  responseCode: short.optional(),
});
const memberSchema = z.strictObject({
  userid: userIdSchema,
  corpId: z.string().optional(),
  name: z.string().min(1).max(64).optional(),
  department: z.array(z.int()).optional(),
  isLicensed: z.boolean().optional(),
  usesPlugin: z.boolean().optional(),
});
const corpSchema = z.strictObject({
  corpId: z.string().optional(),
  agentId: z.int().optional(),
  isEnabled: z.boolean().optional(),
  trustedIps: z.array(z.string()).nullable().optional(),
  maxBodyBytes: z.int().min(1).nullable().optional(),
});
const tokenSchema = z.strictObject({
  dieAfterCalls: z.int().min(1).nullable().optional(),
  kill: z.boolean().optional(),
  errcode: z.int().optional(),
});

/** Makes these routes. */
export function wecomControls(state: WecomState): ControlRoute[] {
  return [...memberCalls(state), ...switchCalls(state), ...pushCalls(state)];
}

function memberCalls(state: WecomState): ControlRoute[] {
  return [
    {
      method: 'GET',
      pattern: '/wecom/members',
      run: () => ({ items: [...mainCorp(state).members.values()].map(describe) }),
    },
    controlRoute({
      method: 'POST',
      pattern: '/wecom/members',
      status: 201,
      schema: memberSchema,
      run: ({ body: { userid, corpId, department, ...same } }) => {
        const corp = corpOf(state, corpId);
        const member = findMember(corp, userid) ?? newMember({ userId: userid, name: userid, parties: [1] });
        Object.assign(member, same, department ? { parties: department } : {});
        corp.members.set(userid.toLowerCase(), member);
        return describe(member);
      },
    }),
    {
      method: 'DELETE',
      pattern: '/wecom/members/:userid',
      status: 204,
      run: ({ params }) => {
        mainCorp(state).members.delete(memberOf(state, params.userid).userId.toLowerCase());
      },
    },
    {
      method: 'GET',
      pattern: '/wecom/members/:userid/inbox',
      run: ({ params }) => ({ items: [...memberOf(state, params.userid).talk].reverse() }),
    },
    controlRoute({
      method: 'POST',
      pattern: '/wecom/members/:userid/messages',
      schema: messageSchema,
      run: ({ params, body }) => writeToApp(state, memberOf(state, params.userid), body),
    }),
    controlRoute({
      method: 'POST',
      pattern: '/wecom/members/:userid/events',
      schema: eventSchema,
      run: ({ params, body }) => sendEvent(state, memberOf(state, params.userid), body),
    }),
  ];
}

function sendEvent(state: WecomState, member: WecomMember, body: z.output<typeof eventSchema>): unknown {
  const { event, eventKey = '', taskId, cardType, responseCode } = body;
  const card = { TaskId: taskId, CardType: cardType, ResponseCode: responseCode };
  const own = Object.fromEntries(
    Object.entries({ EventKey: eventKey, ...card }).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]],
    ),
  );
  return tellEvent(state, member, { event, own });
}

function switchCalls(state: WecomState): ControlRoute[] {
  return [
    { method: 'GET', pattern: '/wecom', run: () => describeAll(state) },
    controlRoute({
      method: 'POST',
      pattern: '/wecom',
      schema: corpSchema,
      run: ({ body: { corpId, agentId, isEnabled, trustedIps, maxBodyBytes } }) => {
        const corp = corpOf(state, corpId);
        corp.trustedIps = trustedIps === undefined ? corp.trustedIps : trustedIps;
        state.maxBodyBytes = maxBodyBytes === undefined ? state.maxBodyBytes : maxBodyBytes;
        for (const agent of corp.agents) {
          const isMeant = agentId === undefined || agent.id === agentId;
          agent.isEnabled = isMeant ? (isEnabled ?? agent.isEnabled) : agent.isEnabled;
        }
        return describeAll(state);
      },
    }),
    controlRoute({
      method: 'POST',
      pattern: '/wecom/tokens',
      schema: tokenSchema,
      run: ({ body }) => {
        if (body.dieAfterCalls !== undefined) {
          state.tokens.setCallsPerToken(body.dieAfterCalls);
        }
        if (body.kill) {
          state.tokens.killAll(body.errcode ?? 42001);
        }
        return { tokenDeaths: state.tokens.deaths };
      },
    }),
    { method: 'GET', pattern: '/wecom/dropped', run: () => ({ items: [...state.dropped].reverse() }) },
  ];
}

function pushCalls(state: WecomState): ControlRoute[] {
  return [
    controlRoute({
      method: 'POST',
      pattern: '/wecom/pushes',
      schema: z.strictObject({ duplicate: z.boolean() }),
      run: ({ body }) => {
        state.pusher.isDuplicating = body.duplicate;
        return body;
      },
    }),
    {
      method: 'POST',
      pattern: '/wecom/verify',
      run: async () => {
        const result = await state.pusher.verify();
        state.isIpListOpen ||= result.ok;
        return result;
      },
    },
    controlRoute({
      method: 'POST',
      pattern: '/wecom/trusted-ips',
      schema: z.strictObject({ corpId: z.string().optional(), ips: z.array(z.string()).max(120) }),
      run: ({ body }) => {
        if (!state.isIpListOpen) {
          throw new ControlError(
            409,
            'locked',
            '先让接收消息的服务器 URL 通过验证 The page opens once the server URL has passed its check',
          );
        }
        corpOf(state, body.corpId).trustedIps = body.ips;
        return describeAll(state);
      },
    }),
    controlRoute({
      method: 'POST',
      pattern: '/wecom/events',
      schema: z.strictObject({ event: z.enum(['kf_msg_or_event', 'kf_account_auth_change']) }),
      run: ({ body }) => tellCorpEvent(state, body.event),
    }),
  ];
}

function describe({ userId, name, parties, isLicensed, usesPlugin }: WecomMember): object {
  return { userid: userId, name, department: parties, isLicensed, usesPlugin };
}

function describeAll(state: WecomState): object {
  return {
    corpId: simulatedWecom.corpId,
    agentId: simulatedWecom.agentId,
    pushTo: state.world.settings.wecomPushTo ?? null,
    quota: state.world.limits.isOn,
    isIpListOpen: state.isIpListOpen,
    corps: state.corps.map(({ id, trustedIps, agents, members }) => ({
      corpId: id,
      trustedIps,
      agents: agents.map((agent) => ({ agentId: agent.id, name: agent.name, isEnabled: agent.isEnabled })),
      members: [...members.values()].map(({ userId }) => userId),
    })),
  };
}

function corpOf(state: WecomState, corpId: string = simulatedWecom.corpId): WecomCorp {
  const corp = findCorp(state, corpId);
  if (!corp) {
    throw new ControlError(404, 'not_found', '没有这个企业 No such corp');
  }
  return corp;
}

function memberOf(state: WecomState, userId = ''): WecomMember {
  const member = findMember(mainCorp(state), userId);
  if (!member) {
    throw new ControlError(404, 'not_found', '没有这个成员 No such member');
  }
  return member;
}
