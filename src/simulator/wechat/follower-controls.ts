/** The control calls about people: making them, and letting them do things. */
import { z } from 'zod';
import { ControlError, type ControlRoute, controlRoute } from '../platform.js';
import { type ActResult, follow, say, scan, tapMenu, tellEvent, unfollow } from './acts.js';
import { addFollowers, addInBulk } from './bulk-followers.js';
import { type Code, isCodeUrl } from './codes.js';
import { describeMessage, messageSchema } from './inbound-messages.js';
import { toItemView } from './inbox.js';
import type { Person } from './people.js';
import { fieldsOfEvent, PERSON_EVENTS } from './person-events.js';
import type { WechatState } from './wechat-state.js';

const MAX_BULK = 1_000_000;

const personSchema = z.strictObject({
  nickname: z.string().trim().min(1).max(64).optional(),
  snapshot: z.boolean().optional(),
});
const bulkSchema = z
  .strictObject({
    count: z.int().min(1).max(MAX_BULK),
    scan: z.string().optional(),
    /** They followed before the server was there: nobody tells it. */
    before: z.boolean().optional(),
  })
  .refine(
    ({ scan, before }) => scan === undefined || !before,
    '扫码和早已关注只能选一个 Either scan or before',
  );
const scanSchema = z.union([
  z.strictObject({ url: z.string().min(1) }),
  z.strictObject({ ticket: z.string().min(1) }),
]);
const tapSchema = z.union([
  z.strictObject({ key: z.string().min(1) }),
  z.strictObject({ url: z.string().min(1) }),
]);

/** Makes these routes for one account. */
export function followerControls(state: WechatState): ControlRoute[] {
  return [...peopleCalls(state), ...actCalls(state), ...wishCalls(state), ...chatCalls(state)];
}

function peopleCalls(state: WechatState): ControlRoute[] {
  return [
    controlRoute({
      method: 'POST',
      pattern: '/followers',
      status: 201,
      schema: personSchema,
      run: ({ body }) => {
        const person = state.people.add(body.nickname);
        person.isSnapshot = body.snapshot ?? false;
        state.world.live.tell('follower', { openid: person.openid, following: false });
        return { openid: person.openid };
      },
    }),
    controlRoute({
      method: 'POST',
      pattern: '/followers/bulk',
      status: 201,
      schema: bulkSchema,
      run: ({ body }) =>
        body.before
          ? addFollowers(state, body.count)
          : addInBulk(state, body.count, body.scan === undefined ? null : getCode(state, { url: body.scan })),
    }),
    { method: 'GET', pattern: '/followers', run: ({ query }) => listPeople(state, query) },
  ];
}

function listPeople(state: WechatState, query: URLSearchParams): object {
  const offset = Math.max(0, Number(query.get('offset')) || 0);
  const limit = Math.max(0, Number(query.get('limit') ?? Number.POSITIVE_INFINITY) || 0);
  const people = state.people.list();
  const items = people
    .slice(offset, offset + limit)
    .map(({ openid, nickname, isFollowing }) => ({ openid, nickname, following: isFollowing }));
  return { items, total: people.length };
}

function actCalls(state: WechatState): ControlRoute[] {
  return [
    controlRoute({
      method: 'POST',
      pattern: '/followers/:openid/scan',
      schema: scanSchema,
      run: ({ params, body }) => scanAny(state, getPerson(state, params), body),
    }),
    {
      method: 'POST',
      pattern: '/followers/:openid/follow',
      run: ({ params }) => follow(state, getPerson(state, params)),
    },
    {
      method: 'POST',
      pattern: '/followers/:openid/unfollow',
      run: ({ params }) => unfollow(state, getPerson(state, params)),
    },
    controlRoute({
      method: 'POST',
      pattern: '/followers/:openid/messages',
      schema: messageSchema,
      run: ({ params, body }) =>
        say(state, getPerson(state, params), { ...describeMessage(state, body), msgId: body.msgId }),
    }),
    controlRoute({
      method: 'POST',
      pattern: '/followers/:openid/events',
      schema: z.strictObject({ event: z.enum(PERSON_EVENTS) }),
      run: ({ params, body: { event } }) => {
        const person = getPerson(state, params);
        return tellEvent(state, person, {
          event,
          own: fieldsOfEvent(event, person, state.world.settings.appId),
        });
      },
    }),
    controlRoute({
      method: 'POST',
      pattern: '/followers/:openid/menu',
      schema: tapSchema,
      run: ({ params, body }) => tapMenu(state, getPerson(state, params), body),
    }),
  ];
}

/** A page's address is opened in WeChat's browser; anything that looks like a WeChat code must be one of ours. */
async function scanAny(
  state: WechatState,
  person: Person,
  wanted: { url: string } | { ticket: string },
): Promise<ActResult | { event: null; reply: null; open: string }> {
  if ('url' in wanted && !isCodeUrl(wanted.url) && /^https?:\/\//i.test(wanted.url)) {
    return { event: null, reply: null, open: wanted.url };
  }
  return scan(state, { person, code: getCode(state, wanted) });
}

function wishCalls(state: WechatState): ControlRoute[] {
  return [
    controlRoute({
      method: 'POST',
      pattern: '/followers/:openid/refuse',
      schema: z.strictObject({ templateId: z.string(), refused: z.boolean().optional() }),
      run: ({ params, body }) => {
        const person = getPerson(state, params);
        const templateId = getTemplateId(state, body.templateId);
        person.refused ??= new Set();
        person.refused[(body.refused ?? true) ? 'add' : 'delete'](templateId);
        return {};
      },
    }),
    controlRoute({
      method: 'POST',
      pattern: '/followers/:openid/block',
      schema: z.strictObject({ blocked: z.boolean().optional() }),
      run: ({ params, body }) => {
        getPerson(state, params).isBlocking = body.blocked ?? true;
        state.world.memory.touch();
        return {};
      },
    }),
    controlRoute({
      method: 'POST',
      pattern: '/followers/:openid/consent',
      schema: z.strictObject({ templateId: z.string(), count: z.int().min(0).max(1_000).optional() }),
      run: ({ params, body }) => {
        const person = getPerson(state, params);
        person.consents ??= new Map();
        person.consents.set(getTemplateId(state, body.templateId), body.count ?? 1);
        return {};
      },
    }),
  ];
}

function chatCalls(state: WechatState): ControlRoute[] {
  return [
    {
      method: 'GET',
      pattern: '/followers/:openid/inbox',
      run: ({ params }) => ({ items: (getPerson(state, params).inbox ?? []).map(toItemView).reverse() }),
    },
    {
      method: 'GET',
      pattern: '/followers/:openid/chat',
      run: ({ params }) => {
        const { inbox, talk } = getPerson(state, params);
        const items = [...(inbox ?? []), ...(talk ?? [])].sort((one, other) => other.id - one.id);
        return { items: items.map(toItemView) };
      },
    },
  ];
}

function getPerson(state: WechatState, params: Readonly<Record<string, string>>): Person {
  const person = state.people.find(params.openid ?? '');
  if (!person) {
    throw new ControlError(404, 'not_found', '没有这个人 No such person');
  }
  return person;
}

function getTemplateId(state: WechatState, id: string): string {
  if (!state.templates.find(id)) {
    throw new ControlError(404, 'not_found', '没有这个模板 No such template');
  }
  return id;
}

function getCode(state: WechatState, wanted: { url: string } | { ticket: string }): Code {
  const code = 'url' in wanted ? state.codes.findByUrl(wanted.url) : state.codes.findByTicket(wanted.ticket);
  if (!code) {
    throw new ControlError(404, 'not_found', '没有这个二维码 No such QR code');
  }
  return code;
}
