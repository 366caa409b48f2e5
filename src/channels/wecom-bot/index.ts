/** The WeCom group robot channel: one webhook key, text or Markdown into one group. */

import { BARE_TEXT } from '#src/channels/bare-text.js';
import type { Channel, ConfigField } from '#src/channels/channel.js';
import { fitText } from '#src/channels/fit-text.js';
import { drawMessage } from '#src/channels/message-text.js';
import { settingOf } from '#src/channels/parts.js';
import { SHOWN_AGAIN } from '#src/channels/repeats.js';
import { isCredential, readCredential } from '#src/channels/robot-address.js';
import { toFailureOutcome, toRobotOutcome } from '#src/channels/robot-answers.js';
import { credentialField, lookField } from '#src/channels/robot-fields.js';
import { createRobotHost, ROBOT_TIMEOUT_MS, type RobotDeps } from '#src/channels/robot-host.js';
import { WECOM_MARKDOWN } from '#src/channels/wecom-markup.js';
import type { MessageContent } from '#src/core/types.js';
import { describeWecomBotCode } from './codes.js';

/** A message in both formats; the settings choose one. */
export interface WecomBotDrawing {
  markdown: { msgtype: 'markdown'; markdown: { content: string } };
  text: { msgtype: 'text'; text: { content: string } };
}

/** UTF-8 bytes; beyond, 40058. */
const MAX_MARKDOWN_BYTES = 4096;
const MAX_TEXT_BYTES = 2048;

const FIELDS: readonly ConfigField[] = [
  credentialField('key', {
    label: { zh: 'Webhook 地址或 key', en: 'Webhook address or key' },
    hint: {
      zh: '企业微信群「添加群机器人」后显示的 Webhook 地址，整段粘贴或只填 key= 后面的部分',
      en: 'The webhook address of the group robot, or what stands behind key= in it',
    },
  }),
  lookField('markdown'),
];

/** Makes the channel. `base` is `https://qyapi.weixin.qq.com` or a simulator's. */
export function createWecomBotChannel(
  deps: RobotDeps,
): Channel<WecomBotDrawing> & { close(): Promise<void> } {
  const host = createRobotHost({
    platform: 'wecom',
    title: '企业微信',
    baseSetting: 'WECOM_API_BASE',
    base: deps.base,
    proxy: deps.proxy,
    codeFields: ['errcode'],
  });
  return {
    id: 'wecom-bot',
    isShared: true,
    title: { zh: '企业微信群机器人', en: 'WeCom group robot' },
    configFields: FIELDS,
    limits: { inFlight: 4, windows: [{ count: 20, perMs: 60_000 }] },
    repeatsOf: () => SHOWN_AGAIN,
    accountOf: (settings) => keyOf(settings.key),
    checkSettings: (settings) =>
      settingOf(settings, 'key') === '' || isCredential(keyOf(settings.key))
        ? []
        : [
            {
              field: 'key',
              zh: '不是企业微信群机器人的 Webhook 地址：应含 key= 参数',
              en: 'No webhook address of a WeCom robot: key= is missing',
            },
          ],
    render: drawForWecomBot,
    send: async (drawing, settings) => {
      const key = keyOf(settings.key);
      try {
        const answer = await host.send({
          method: 'POST',
          path: `/cgi-bin/webhook/send?${new URLSearchParams({ key })}`,
          call: 'webhook/send',
          body: settingOf(settings, 'format') === 'text' ? drawing.text : drawing.markdown,
          timeoutMs: deps.timeoutMs ?? ROBOT_TIMEOUT_MS,
          secrets: [key],
        });
        return toRobotOutcome(answer, '企业微信群机器人', describeWecomBotCode);
      } catch (error) {
        return toFailureOutcome(error);
      }
    },
    close: () => host.close(),
  };
}

/** Draws a message, with its title in bold or, as plain text, in brackets. */
export function drawForWecomBot(message: MessageContent): WecomBotDrawing {
  const markdown = drawMessage(message, WECOM_MARKDOWN, (title) => `**${title}**`);
  const text = drawMessage(message, BARE_TEXT, (title) => `【${title}】`);
  return {
    markdown: {
      msgtype: 'markdown',
      markdown: { content: fitText(markdown, { max: MAX_MARKDOWN_BYTES, markup: WECOM_MARKDOWN }) },
    },
    text: {
      msgtype: 'text',
      text: { content: fitText(text, { max: MAX_TEXT_BYTES, markup: BARE_TEXT }) },
    },
  };
}

function keyOf(key: string | undefined): string {
  return readCredential(key ?? '', { query: 'key' });
}
