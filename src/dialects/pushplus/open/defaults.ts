/** The calls about defaults: the channel of messages that name none, for the account and for each message token. */
import { z } from 'zod';
import type { Core } from '#src/core/index.js';
import { findWay, readChannel } from '#src/dialects/pushplus/channels.js';
import { invalid } from '#src/dialects/pushplus/envelope.js';
import { type ChannelDefault, readSettings, saveSettings } from '#src/dialects/pushplus/settings.js';
import { formatChinaTime } from '#src/lib/china-time.js';
import { type Call, type Caller, DONE } from './call.js';
import { CHANNEL_TEXTS } from './channel-texts.js';
import { cutPage, readPage } from './pages.js';
import { integer, parseFields, text } from './read-fields.js';

const choice = z.object({ id: integer });
const creation = z.object({ channel: text, option: text.optional(), tokenId: integer.optional() });
const change = creation.extend({ id: integer });

/** What the account's own token is called in lists. */
const OWN_NAME = '用户token';
/** More message tokens than these have no default of their own. */
const MAX_TOKENS = 500;

/** The calls about defaults. */
export function createDefaultCalls(core: Core): Call[] {
  return [
    {
      method: 'POST',
      path: '/setting/listUserDefault',
      run: async ({ personId }, fields) => {
        const [{ defaults }, names] = await Promise.all([
          readSettings(core, personId),
          listNames(core, personId),
        ]);
        const rows = defaults.map(({ id, channel, tokenId, updatedAt }) => ({
          id,
          channel,
          channelTxt: CHANNEL_TEXTS[readChannel(channel) ?? 'wechat'],
          updateTime: formatChinaTime(new Date(updatedAt)),
          name: names.get(tokenId) ?? '',
        }));
        return { data: cutPage(readPage(fields), rows) };
      },
    },
    {
      method: 'GET',
      path: '/setting/detailUserDefault',
      run: async ({ personId }, fields) => {
        const found = await getDefault(core, personId, parseFields(choice, fields).id);
        const { id, channel, option, tokenId, updatedAt } = found;
        const name = (await listNames(core, personId)).get(tokenId) ?? '';
        const updateTime = formatChinaTime(new Date(updatedAt));
        return { data: { id, channel, option, pre: '', updateTime, name, tokenId } };
      },
    },
    {
      method: 'POST',
      path: '/setting/addUserDefault',
      run: async (caller, fields) => {
        const { tokenId = 0, option = '', channel } = parseFields(creation, fields);
        const { defaults } = await readSettings(core, caller.personId);
        if (defaults.some((one) => one.tokenId === tokenId)) {
          throw invalid('该token已有默认配置');
        }
        await saveDefault(core, caller, { tokenId, channel, option });
        return { data: null, msg: DONE };
      },
    },
    {
      method: 'POST',
      path: '/setting/editUserDefault',
      run: async (caller, fields) => {
        const { id, option = '', channel } = parseFields(change, fields);
        const { tokenId } = await getDefault(core, caller.personId, id);
        await saveDefault(core, caller, { tokenId, channel, option });
        return { data: null, msg: DONE };
      },
    },
    {
      method: 'DELETE',
      path: '/setting/deleteUserDefault',
      run: async ({ personId }, fields) => {
        const { id } = await getDefault(core, personId, parseFields(choice, fields).id);
        const { defaults } = await readSettings(core, personId);
        await saveSettings(core, personId, { defaults: defaults.filter((one) => one.id !== id) });
        return { data: null, msg: DONE };
      },
    },
  ];
}

/** Chooses the channel of a token (0: the account's own). Throws a Refusal for a channel that cannot be gone by. */
export async function saveDefault(
  core: Core,
  { personId }: Caller,
  wish: Pick<ChannelDefault, 'tokenId' | 'channel' | 'option'>,
): Promise<void> {
  const channel = readChannel(wish.channel);
  if (channel === null || !(await listNames(core, personId)).has(wish.tokenId)) {
    throw invalid(channel === null ? '默认渠道不能为空' : '消息token不存在');
  }
  const option = await toCode(core, personId, wish.option.trim());
  await findWay(core, personId, { channel, option, isSelf: true, members: '' });
  const { defaults } = await readSettings(core, personId);
  const before = defaults.find((one) => one.tokenId === wish.tokenId);
  const id = before?.id ?? Math.max(0, ...defaults.map((one) => one.id)) + 1;
  const chosen = { id, tokenId: wish.tokenId, channel, option, updatedAt: core.clock.now() };
  const others = defaults.filter((one) => one.tokenId !== wish.tokenId);
  await saveSettings(core, personId, { defaults: [...others, chosen] });
}

/** A configuration may be named by its number too. */
async function toCode(core: Core, personId: number, option: string): Promise<string> {
  const channels = option === '' ? [] : await core.channels.listChannels(personId);
  const isCode = channels.some(({ code }) => code === option);
  return isCode ? option : (channels.find(({ id }) => String(id) === option)?.code ?? option);
}

/** The tokens that may have a default, by number. */
async function listNames(core: Core, personId: number): Promise<Map<number, string>> {
  const { items } = await core.keys.listNamedKeys(personId, 'pushplus', { skip: 0, take: MAX_TOKENS });
  return new Map([[0, OWN_NAME], ...items.map(({ id, name }) => [id, name] as const)]);
}

async function getDefault(core: Core, personId: number, id: number): Promise<ChannelDefault> {
  const found = (await readSettings(core, personId)).defaults.find((one) => one.id === id);
  if (!found) {
    throw invalid('默认配置不存在');
  }
  return found;
}
