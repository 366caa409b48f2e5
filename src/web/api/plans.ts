/** The calls about the plans of dialects: which of a hosted service's limits hold here, for all and for one person. */
import { z } from 'zod';
import { DIALECT_PLANS } from '#src/core/dialect-plans.js';
import type { Core } from '#src/core/index.js';
import { PACE_LIMITS } from '#src/core/key-pace.js';
import { declareRoute, type Route } from './route.js';

const userParams = z.object({ uid: z.string().min(1).max(64) });

const plans = z.object({
  serverchan: z
    .enum(DIALECT_PLANS.serverchan)
    .describe('Server酱接口的额度 The limits of the Server酱 calls'),
  pushplus: z.enum(DIALECT_PLANS.pushplus).describe('PushPlus 接口的额度 The limits of the PushPlus calls'),
});

/** null: the server's. */
const ownPlans = z.object({
  serverchan: plans.shape.serverchan.nullable(),
  pushplus: plans.shape.pushplus.nullable(),
});

const keyPace = z.object({
  callsPerTenSeconds: z
    .number()
    .int()
    .min(PACE_LIMITS.least)
    .max(PACE_LIMITS.most)
    .nullable()
    .describe(
      'Bark、PushDeer、ntfy、Gotify 的每个密钥；另外两种接口用额度方案 Each key of Bark, PushDeer, ntfy and Gotify; the other two have plans',
    ),
});

/** Declares the calls about plans. */
export function declarePlanRoutes(core: Core): Route[] {
  return [
    getPlans(core),
    setPlans(core),
    getKeyPace(core),
    setKeyPace(core),
    getUserPlans(core),
    setUserPlans(core),
  ];
}

function getPlans(core: Core): Route {
  return declareRoute({
    name: 'getPlans',
    method: 'get',
    path: '/settings/plans',
    tag: 'settings',
    summary: '各接口默认的额度方案，仅限管理员 The plans that hold for everybody; operator only',
    status: 200,
    operatorOnly: true,
    answer: plans,
    run: () => core.dialectPlans.getDefaults(),
  });
}

function setPlans(core: Core): Route {
  return declareRoute({
    name: 'setPlans',
    method: 'put',
    path: '/settings/plans',
    tag: 'settings',
    summary:
      '设置各接口默认的额度方案，none 为不限；只改给出的字段，仅限管理员 Set the plans that hold for everybody, `none` for no limits: only the fields that are given; operator only',
    status: 200,
    operatorOnly: true,
    body: plans.partial(),
    answer: plans,
    async run({ body }) {
      await core.dialectPlans.saveDefaults(body);
      return core.dialectPlans.getDefaults();
    },
  });
}

function getKeyPace(core: Core): Route {
  return declareRoute({
    name: 'getKeyPace',
    method: 'get',
    path: '/settings/key-pace',
    tag: 'settings',
    summary:
      '每个密钥 10 秒内的调用次数上限，null 为不限，仅限管理员 How often a key may call within ten seconds, null for no limit; operator only',
    status: 200,
    operatorOnly: true,
    answer: keyPace,
    run: async () => ({ callsPerTenSeconds: await core.keyPace.readLimit() }),
  });
}

function setKeyPace(core: Core): Route {
  return declareRoute({
    name: 'setKeyPace',
    method: 'put',
    path: '/settings/key-pace',
    tag: 'settings',
    summary:
      '设置每个密钥 10 秒内的调用次数上限，null 为不限，仅限管理员 Set how often a key may call within ten seconds, null for no limit; operator only',
    status: 200,
    operatorOnly: true,
    body: keyPace,
    answer: keyPace,
    async run({ body }) {
      await core.keyPace.saveLimit(body.callsPerTenSeconds);
      return { callsPerTenSeconds: await core.keyPace.readLimit() };
    },
  });
}

function getUserPlans(core: Core): Route {
  return declareRoute({
    name: 'getUserPlans',
    method: 'get',
    path: '/users/{uid}/plans',
    tag: 'users',
    summary:
      '用户自己的额度方案，null 为用默认的，仅限管理员 A user’s own plans, null where the default holds; operator only',
    status: 200,
    operatorOnly: true,
    params: userParams,
    answer: ownPlans,
    async run({ params }) {
      const { personId } = await core.people.getByUid(params.uid);
      return core.dialectPlans.getOwn(personId);
    },
  });
}

function setUserPlans(core: Core): Route {
  return declareRoute({
    name: 'setUserPlans',
    method: 'put',
    path: '/users/{uid}/plans',
    tag: 'users',
    summary:
      '设置用户自己的额度方案，null 为用默认的；只改给出的字段，仅限管理员 Set a user’s own plans, null for the default: only the fields that are given; operator only',
    status: 200,
    operatorOnly: true,
    params: userParams,
    body: ownPlans.partial(),
    answer: ownPlans,
    async run({ params, body }) {
      const { personId } = await core.people.getByUid(params.uid);
      await core.dialectPlans.saveOwn(personId, body);
      return core.dialectPlans.getOwn(personId);
    },
  });
}
