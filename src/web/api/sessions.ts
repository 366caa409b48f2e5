/** The calls about sign-ins: where somebody is signed in, and ending that with what was made there. */
import { z } from 'zod';
import type { Core } from '#src/core/index.js';
import { nameBrowser } from '#src/lib/user-agent.js';
import { getOwnPerson } from './access.js';
import { declareRoute, type Route } from './route.js';
import { idField, listOf, moment, smallId } from './schema.js';

const userParams = z.object({ uid: z.string().min(1).max(64) });
const sessionView = z.object({
  id: idField,
  browser: z.string().describe('浏览器，如 Chrome · Windows The browser'),
  address: z.string(),
  followerOnly: z.boolean().describe('只能看「我的」 Only for their own pages'),
  createdAt: moment,
  seenAt: moment.describe('最近使用，精确到小时 Last use, to the hour'),
});
const endings = z.object({
  ended: z
    .record(z.string(), z.int())
    .describe(
      '结束了什么：session、各种密钥的 kind、access、secret、notify、code 和数量 What ended, and how many: session, kinds of keys, access, secret, notify, code',
    ),
});

/** Declares the calls about sign-ins. */
export function declareSessionRoutes(core: Core): Route[] {
  return [listSessions(core), endSession(core), endSessions(core)];
}

function listSessions(core: Core): Route {
  return declareRoute({
    name: 'listSessions',
    method: 'get',
    path: '/users/{uid}/sessions',
    tag: 'users',
    summary: '在哪些浏览器登录了网页 List the browsers that somebody is signed in with',
    status: 200,
    params: userParams,
    answer: listOf(sessionView),
    async run({ manager, params }) {
      const { personId } = await getOwnPerson(core, manager, params.uid);
      const items = (await core.sessions.listSessions(personId)).map(
        ({ userAgent, isFollowerOnly, ...row }) => ({
          ...row,
          browser: nameBrowser(userAgent),
          followerOnly: isFollowerOnly,
        }),
      );
      return { total: items.length, items };
    },
  });
}

function endSession(core: Core): Route {
  return declareRoute({
    name: 'endSession',
    method: 'delete',
    path: '/users/{uid}/sessions/{id}',
    tag: 'users',
    summary:
      '退出一处登录，那里新建的令牌和密钥一并停用 End a sign-in, with the tokens and keys that were made there',
    status: 200,
    params: z.object({ ...userParams.shape, id: smallId }),
    answer: endings,
    async run({ manager, params }) {
      const { personId } = await getOwnPerson(core, manager, params.uid);
      return { ended: await core.signOuts.endOne(personId, params.id) };
    },
  });
}

function endSessions(core: Core): Route {
  return declareRoute({
    name: 'endSessions',
    method: 'delete',
    path: '/users/{uid}/sessions',
    tag: 'users',
    summary:
      '退出所有登录，这些登录新建的令牌和密钥一并停用 End all sign-ins, with the tokens and keys that were made there',
    status: 200,
    params: userParams,
    answer: endings,
    async run({ manager, params }) {
      const { personId } = await getOwnPerson(core, manager, params.uid);
      return { ended: await core.signOuts.endEverywhere(personId) };
    },
  });
}
