/** The calls about settings: what is sent by default, and whether the account sends and receives at all. */
import { z } from 'zod';
import type { Core } from '#src/core/index.js';
import { readChannel } from '#src/dialects/pushplus/channels.js';
import { findBlock } from '#src/dialects/pushplus/limits.js';
import { defaultOf, readSettings, saveSettings } from '#src/dialects/pushplus/settings.js';
import { type Call, DONE, notServed, type Reply } from './call.js';
import { CHANNEL_TEXTS } from './channel-texts.js';
import { createDefaultCalls, saveDefault } from './defaults.js';
import { flag, parseFields, text } from './read-fields.js';

const defaultChange = z.object({ defaultChannel: text, defaultWebhook: text.optional() });
const receiving = z.object({ recevieLimit: flag });
const sending = z.object({ isSend: flag });
const opening = z.object({ openMessageType: flag });
const forwarding = z.object({ forward: flag });

const CHANGED: Reply = { data: null, msg: DONE };

/** The calls about settings. */
export function createSettingCalls(core: Core): Call[] {
  return [
    {
      method: 'GET',
      path: '/setting/getUserSettings',
      run: async ({ personId }) => ({ data: await showSettings(core, personId) }),
    },
    {
      method: 'POST',
      path: '/setting/changeDefaultChannel',
      run: async (caller, fields) => {
        const { defaultChannel, defaultWebhook = '' } = parseFields(defaultChange, fields);
        await saveDefault(core, caller, { tokenId: 0, channel: defaultChannel, option: defaultWebhook });
        return CHANGED;
      },
    },
    {
      method: 'GET',
      path: '/setting/changeRecevieLimit',
      run: async ({ personId }, fields) => {
        await core.people.setPaused(personId, parseFields(receiving, fields).recevieLimit);
        return CHANGED;
      },
    },
    {
      method: 'GET',
      path: '/setting/changeIsSend',
      run: async ({ personId }, fields) => {
        await saveSettings(core, personId, parseFields(sending, fields));
        return CHANGED;
      },
    },
    {
      method: 'GET',
      path: '/setting/changeOpenMessageType',
      run: async (_caller, fields) => {
        if (parseFields(opening, fields).openMessageType) {
          throw notServed('小程序打开消息，只能用H5打开');
        }
        return CHANGED;
      },
    },
    {
      method: 'GET',
      path: '/setting/extension',
      run: async (_caller, fields) => {
        if (parseFields(forwarding, fields).forward) {
          throw notServed('浏览器插件转发');
        }
        return CHANGED;
      },
    },
    ...createDefaultCalls(core),
  ];
}

async function showSettings(core: Core, personId: number) {
  const [settings, { paused }, block] = await Promise.all([
    readSettings(core, personId),
    core.people.getPerson(personId),
    findBlock(core, personId),
  ]);
  const chosen = defaultOf(settings, 0);
  const defaultChannel = readChannel(chosen?.channel) ?? 'wechat';
  return {
    defaultChannel,
    defaultChannelTxt: CHANNEL_TEXTS[defaultChannel],
    defaultWebhook: chosen?.option ?? '',
    sendLimit: block ? 1 : 0,
    recevieLimit: paused ? 1 : 0,
    // Messages open as pages, nobody is shown who sent them by address, and no browser plug-in gets them.
    sendType: 0,
    isSend: settings.isSend ? 1 : 0,
    showIp: 0,
    extension: 0,
  };
}
