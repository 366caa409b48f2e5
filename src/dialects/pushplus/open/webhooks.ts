/** The calls about webhooks: channels of the account that PushPlus gives a type and a name. */

import { z } from 'zod';
import { SECRET_MASK } from '#src/core/channel-settings.js';
import type { ChannelView } from '#src/core/channels.js';
import type { Core } from '#src/core/index.js';
import { invalid } from '#src/dialects/pushplus/envelope.js';
import { readPlan } from '#src/dialects/pushplus/limits.js';
import { readSettings, saveSettings, type WebhookLabel } from '#src/dialects/pushplus/settings.js';
import { formatChinaTime } from '#src/lib/china-time.js';
import { takeCodePoints } from '#src/lib/text.js';
import type { Call, Caller } from './call.js';
import { cutPage, readPage } from './pages.js';
import { integer, parseFields, text } from './read-fields.js';
import { orNull } from './spaces.js';
import { toChannel, toCustomFields, typeOf } from './webhook-types.js';

const choice = z.object({ webhookId: integer });
const custom = { httpMethod: text.optional(), headers: headerText().optional(), body: text.optional() };
const creation = z.object({
  webhookCode: text,
  webhookName: text,
  webhookType: integer,
  webhookUrl: text,
  ...custom,
});
const change = creation.extend({ id: integer });

const CUSTOM = 12;
const MAX_NAME = 64;

/** The calls about webhooks. */
export function createWebhookCalls(core: Core): Call[] {
  return [
    {
      method: 'POST',
      path: '/webhook/list',
      run: async ({ personId }, fields) => {
        const { webhookLabels } = await readSettings(core, personId);
        const webhooks = (await core.channels.listChannels(personId)).filter((one) => typeOf(one) !== null);
        const rows = webhooks.map((one) => toRow(one, webhookLabels[one.id]));
        return { data: cutPage(readPage(fields), rows) };
      },
    },
    {
      method: 'GET',
      path: '/webhook/detail',
      run: async (caller, fields) => {
        const found = await getWebhook(core, caller, parseFields(choice, fields).webhookId);
        const { webhookLabels } = await readSettings(core, caller.personId);
        const row = toRow(found, webhookLabels[found.id]);
        return { data: row.webhookType === CUSTOM ? { ...row, ...toCustomFields(found) } : row };
      },
    },
    {
      method: 'POST',
      path: '/webhook/add',
      run: async (caller, fields) => {
        const { webhookCode: code, webhookName, ...input } = parseFields(creation, fields);
        const channel = toChannel(input);
        await checkRoom(core, caller);
        const made = await core.channels.createChannel(caller.personId, { ...channel, code: code.trim() });
        await saveLabel(core, caller, made.id, { name: webhookName, type: input.webhookType });
        return { data: made.id };
      },
    },
    {
      method: 'POST',
      path: '/webhook/edit',
      run: async (caller, fields) => {
        const { id, webhookCode: code, webhookName, webhookUrl, ...input } = parseFields(change, fields);
        const found = await getWebhook(core, caller, id);
        // The address is shown masked, and comes back so where it is not to change.
        const url = webhookUrl.trim() === SECRET_MASK ? undefined : webhookUrl;
        const { kind, config } = toChannel({ ...input, webhookUrl: url });
        if (kind !== found.kind) {
          throw invalid('webhookType不能修改，请新增一个配置');
        }
        await core.channels.updateChannel(caller.personId, id, { code: code.trim(), config });
        await saveLabel(core, caller, id, { name: webhookName, type: input.webhookType });
        return { data: '修改成功' };
      },
    },
    {
      method: 'GET',
      path: '/webhook/delete',
      run: async (caller, fields) => {
        const { id } = await getWebhook(core, caller, parseFields(choice, fields).webhookId);
        await core.channels.deleteChannel(caller.personId, id);
        return { data: '删除成功' };
      },
    },
  ];
}

/** Headers may come as an object too. */
function headerText() {
  return z.preprocess(
    (value) => (typeof value === 'object' && value !== null ? JSON.stringify(value) : value),
    text,
  );
}

async function getWebhook(core: Core, { personId }: Caller, id: number): Promise<ChannelView> {
  const found = await orNull(core.channels.getChannel(personId, id));
  if (!found || typeOf(found) === null) {
    throw invalid('webhook配置不存在');
  }
  return found;
}

function toRow(channel: ChannelView, label: WebhookLabel | undefined) {
  return {
    id: channel.id,
    webhookCode: channel.code,
    webhookName: label?.name ?? channel.code,
    webhookType: label?.type ?? typeOf(channel),
    // What is in the address lets anyone post to it: nobody is shown it again.
    webhookUrl: SECRET_MASK,
    createTime: formatChinaTime(channel.createdAt),
  };
}

async function saveLabel(core: Core, { personId }: Caller, id: number, label: WebhookLabel): Promise<void> {
  const { webhookLabels } = await readSettings(core, personId);
  const living = new Set((await core.channels.listChannels(personId)).map((one) => String(one.id)));
  const kept = Object.fromEntries(Object.entries(webhookLabels).filter(([key]) => living.has(key)));
  const name = takeCodePoints(label.name.trim(), MAX_NAME, '…');
  await saveSettings(core, personId, { webhookLabels: { ...kept, [id]: { ...label, name } } });
}

async function checkRoom(core: Core, { personId }: Caller): Promise<void> {
  const plan = await readPlan(core, personId);
  const channels = await core.channels.listChannels(personId);
  if (plan && channels.filter((one) => typeOf(one) !== null).length >= plan.webhooks) {
    throw invalid(`webhook最多 ${plan.webhooks} 个`);
  }
}
