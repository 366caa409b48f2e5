/** The calls about notify codes: each sends through one WeCom app to the receivers it was made for. */
import { z } from 'zod';
import type { Manager } from '#src/core/accounts.js';
import type { Core } from '#src/core/index.js';
import { declareRoute, type Route } from './route.js';
import { idField, listOf, moment, smallId } from './schema.js';

const creation = z.object({
  corpId: z.string().meta({ maxLength: 64 }),
  agentId: z.union([z.string(), z.number()]).transform(String),
  secret: z.string().meta({ maxLength: 4000 }),
  receivers: z
    .union([z.string(), z.array(z.string())])
    .transform((given) => (Array.isArray(given) ? given.join('|') : given))
    .describe('成员账号的列表，或以 | 隔开，或 @all Member ids as a list or joined by |, or @all'),
  format: z
    .enum(['text', 'markdown'])
    .optional()
    .describe(
      'markdown（默认）标题加粗，保留粗体和链接；微信插件不显示 Markdown，在微信里看就选 text markdown (default) keeps bold words and links; WeChat’s plugin shows none of it: there choose text',
    ),
  overflow: z
    .enum(['split', 'refuse'])
    .optional()
    .describe('超过 2048 字节时拆成几条（默认）或拒绝 Beyond 2048 bytes: split (default) or refuse'),
});

const codeView = z.object({
  id: idField,
  hint: z.string().describe('Code 的首尾 The ends of the code'),
  corpId: z.string(),
  agentId: z.string(),
  receivers: z.string(),
  format: z.string(),
  overflow: z.enum(['split', 'refuse']),
  createdAt: moment,
});

/** Declares the calls about notify codes. */
export function declareNotifyRoutes(core: Core): Route[] {
  return [createCode(core), listCodes(core), deleteCode(core)];
}

function createCode(core: Core): Route {
  return declareRoute({
    name: 'createNotifyCode',
    method: 'post',
    path: '/notify',
    tag: 'notify',
    summary:
      '向企业微信核对应用与接收人后生成通知 Code，只在此处出现一次 Make a notify code once WeCom accepted app and receivers; shown here once',
    status: 201,
    body: creation,
    answer: z.object({ id: idField, code: z.string() }),
    errors: ['bad_field', 'wecom_failed'],
    // Also an operator who is somebody: signing out everywhere ends it with the rest.
    run: ({ manager, body }) => core.notifyCodes.createCode(body, manager.personId ?? null),
  });
}

function listCodes(core: Core): Route {
  return declareRoute({
    name: 'listNotifyCodes',
    method: 'get',
    path: '/notify',
    tag: 'notify',
    summary: '通知 Code 列表 List notify codes',
    status: 200,
    answer: listOf(codeView),
    async run({ manager }) {
      const codes = await core.notifyCodes.listCodes(ownerOf(manager));
      const items = codes.map(({ settings, ...code }) => ({
        ...code,
        corpId: settings.corpId ?? '',
        agentId: settings.agentId ?? '',
        receivers: settings.receivers ?? '',
        format: settings.format ?? 'text',
      }));
      return { total: items.length, items };
    },
  });
}

function deleteCode(core: Core): Route {
  return declareRoute({
    name: 'deleteNotifyCode',
    method: 'delete',
    path: '/notify/{id}',
    tag: 'notify',
    summary: '吊销通知 Code，立即失效 Revoke a notify code; it is dead at once',
    status: 204,
    params: z.object({ id: smallId }),
    run: ({ manager, params }) => core.notifyCodes.deleteCode(params.id, ownerOf(manager)),
  });
}

/** Whose codes a caller sees; null means all. */
function ownerOf(manager: Manager): number | null {
  return manager.role === 'operator' ? null : manager.personId;
}
