/** The calls about points, which pay for short messages by the server's own account. */
import { z } from 'zod';
import type { Core } from '#src/core/index.js';
import { MAX_GRANT } from '#src/core/points.js';
import { getOwnPerson } from './access.js';
import { declareRoute, type Route } from './route.js';
import { idField, listOf, moment, pageQuery, toSlice } from './schema.js';

const userParams = z.object({ uid: z.string().min(1).max(64) });

const entry = z.object({
  id: idField,
  amount: z.int().describe('负数是支出 Below 0: paid'),
  note: z.string(),
  createdAt: moment,
});

/** Declares the calls about points. */
export function declarePointRoutes(core: Core): Route[] {
  return [getPoints(core), grantPoints(core)];
}

function getPoints(core: Core): Route {
  return declareRoute({
    name: 'getPoints',
    method: 'get',
    path: '/users/{uid}/points',
    tag: 'points',
    summary: '积分余额和明细，新的在前 The balance, and why it changed, newest first',
    status: 200,
    params: userParams,
    query: z.object(pageQuery(100)),
    answer: z.object({ points: z.int(), ...listOf(entry).shape }),
    async run({ manager, params, query }) {
      const { personId } = await getOwnPerson(core, manager, params.uid);
      const [points, history] = await Promise.all([
        core.points.balanceOf(personId),
        core.points.history(personId, toSlice(query)),
      ]);
      return { points, ...history };
    },
  });
}

function grantPoints(core: Core): Route {
  return declareRoute({
    name: 'grantPoints',
    method: 'post',
    path: '/users/{uid}/points',
    tag: 'points',
    summary:
      '增加积分，负数为扣减，余额不会小于 0 Give points, or take them below 0; the balance stays at 0 or above',
    status: 201,
    operatorOnly: true,
    params: userParams,
    body: z.object({
      amount: z.int().meta({ minimum: -MAX_GRANT, maximum: MAX_GRANT }),
      note: z.string().max(200).optional(),
    }),
    answer: z.object({ points: z.int() }),
    errors: ['bad_field'],
    async run({ manager, params, body }) {
      const { personId } = await getOwnPerson(core, manager, params.uid);
      return { points: await core.points.grant(personId, body.amount, body.note) };
    },
  });
}
