/** What the account may know of people: no names and no pictures since 2021. */
import { type CallInput, isRecord, textIn, type WechatCalls } from './calls.js';
import { Refusal } from './errors.js';
import type { Person } from './people.js';
import type { WechatState } from './wechat-state.js';

const MAX_BATCH = 100;

/** user/info, user/info/batchget, user/get. */
export const userCalls: WechatCalls = {
  '/cgi-bin/user/info': {
    method: 'GET',
    run: ({ state, query }) => {
      const person = getPerson(state, query.get('openid') ?? '');
      return person.isFollowing ? toUserRecord(person) : { subscribe: 0 };
    },
  },
  '/cgi-bin/user/info/batchget': { method: 'POST', run: getBatch },
  '/cgi-bin/user/get': { method: 'GET', run: listFollowers },
};

function getBatch({ state, body }: CallInput): object {
  const list = body.user_list;
  if (!Array.isArray(list)) {
    throw new Refusal(47001);
  }
  if (list.length === 0 || list.length > MAX_BATCH) {
    throw new Refusal(40032);
  }
  const people = list.map((entry: unknown) =>
    getPerson(state, isRecord(entry) ? textIn(entry, 'openid') : ''),
  );
  return {
    user_info_list: people.map((person) =>
      person.isFollowing ? toUserRecord(person) : { subscribe: 0, openid: person.openid },
    ),
  };
}

function listFollowers({ state, query }: CallInput): object {
  const after = query.get('next_openid') ?? '';
  const start = after === '' ? 0 : getPerson(state, after).position + 1;
  const people = state.people.list();
  const openids: string[] = [];
  for (
    let index = start;
    index < people.length && openids.length < state.account.followersPerPage;
    index += 1
  ) {
    const person = people[index];
    if (person?.isFollowing) {
      openids.push(person.openid);
    }
  }
  const total = state.people.followerCount();
  const last = openids.at(-1);
  return last === undefined
    ? { total, count: 0, next_openid: '' }
    : { total, count: openids.length, data: { openid: openids }, next_openid: last };
}

function getPerson(state: WechatState, openid: string): Person {
  const person = state.people.find(openid);
  if (!person) {
    throw new Refusal(40003);
  }
  return person;
}

function toUserRecord(person: Person): object {
  const { how, scene } = person.followScene;
  return {
    subscribe: 1,
    openid: person.openid,
    subscribe_time: person.followedAt,
    remark: '',
    groupid: 0,
    tagid_list: [],
    subscribe_scene: how,
    qr_scene: typeof scene === 'number' ? scene : 0,
    qr_scene_str: typeof scene === 'string' ? scene : '',
  };
}
