/** The calls about a user's secret for the open API of the PushPlus dialect, and who may use it. */
import { z } from 'zod';
import type { Core } from '#src/core/index.js';
import { getOwnPerson } from './access.js';
import { declareRoute, type Route } from './route.js';

const userParams = z.object({ uid: z.string().min(1).max(64) });

const allowedIps = z
  .array(z.string().meta({ maxLength: 64 }))
  .describe(
    '可以换取 AccessKey 的 IP 或网段，空为不限 The IPs or subnets that may ask for an access key; none: all',
  );

const rules = z.object({
  secret: z.string().describe('PushPlus 的 secretKey：和 token 一起换取 AccessKey PushPlus’s secretKey'),
  allowedIps,
});

/** Declares these calls. */
export function declareOpenAccessRoutes(core: Core): Route[] {
  return [getOpenAccess(core), updateOpenAccess(core), replaceSecret(core)];
}

function getOpenAccess(core: Core): Route {
  return declareRoute({
    name: 'getOpenAccess',
    // It shows the secret.
    scope: 'manage',
    method: 'get',
    path: '/users/{uid}/open-access',
    tag: 'keys',
    summary:
      '查看 PushPlus 开放接口的 secretKey 和安全 IP，没有就生成 Get the secret of the PushPlus open API, made on the first call',
    status: 200,
    params: userParams,
    answer: rules,
    async run({ manager, params }) {
      const { personId } = await getOwnPerson(core, manager, params.uid);
      return core.openAccess.getRules(personId);
    },
  });
}

function updateOpenAccess(core: Core): Route {
  return declareRoute({
    name: 'updateOpenAccess',
    method: 'patch',
    path: '/users/{uid}/open-access',
    tag: 'keys',
    summary: '设置开放接口的安全 IP Say which addresses may use the open API',
    status: 200,
    params: userParams,
    body: z.object({ allowedIps }),
    answer: rules,
    errors: ['bad_field'],
    async run({ manager, params, body }) {
      const { personId } = await getOwnPerson(core, manager, params.uid);
      return core.openAccess.setAllowedIps(personId, body.allowedIps);
    },
  });
}

function replaceSecret(core: Core): Route {
  return declareRoute({
    name: 'replaceOpenAccessSecret',
    method: 'post',
    path: '/users/{uid}/open-access/secret',
    tag: 'keys',
    summary:
      '更换 secretKey，旧的和它换来的 AccessKey 立即失效 Replace the secret; the old one and its access keys are dead at once',
    status: 200,
    params: userParams,
    answer: rules,
    async run({ manager, params }) {
      const { personId } = await getOwnPerson(core, manager, params.uid);
      return core.openAccess.replaceSecret(personId);
    },
  });
}
