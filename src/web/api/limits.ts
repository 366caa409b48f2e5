/** The calls about the limits that protect the operator's scarce things. */
import { z } from 'zod';
import type { Core } from '#src/core/index.js';
import { LIMITS, MOST_LIMIT } from '#src/core/limit-table.js';
import { declareRoute, type Route } from './route.js';
import { listOf } from './schema.js';

const limitView = z.object({
  name: z.string(),
  count: z.int().nullable().describe('null：不限 null: lifted'),
  usual: z.int(),
  zh: z.string(),
  en: z.string(),
});
/** Numbers by name: 0 lifts a limit, null brings the usual one back. */
const change = z
  .object(Object.fromEntries(LIMITS.map(({ name }) => [name, z.int().min(0).max(MOST_LIMIT).nullable()])))
  .partial();

/** Declares the calls about limits. */
export function declareLimitRoutes(core: Core): Route[] {
  const list = async () => {
    const items = (await core.limits.listLimits()).map(({ name, count, usual, zh, en }) => ({
      name,
      count,
      usual,
      zh,
      en,
    }));
    return { total: items.length, items };
  };
  return [
    declareRoute({
      name: 'listLimits',
      method: 'get',
      path: '/limits',
      tag: 'settings',
      summary: '保护性限额，仅限管理员 The limits that protect; operator only',
      status: 200,
      operatorOnly: true,
      answer: listOf(limitView),
      run: list,
    }),
    declareRoute({
      name: 'updateLimits',
      method: 'patch',
      path: '/limits',
      tag: 'settings',
      summary: '修改限额，只改给出的，仅限管理员 Change limits: only those that are given; operator only',
      status: 200,
      operatorOnly: true,
      body: change,
      answer: listOf(limitView),
      errors: ['bad_field'],
      async run({ body }) {
        await core.limits.saveLimits(body as Record<string, number | null>);
        return list();
      },
    }),
  ];
}
