/** The Feishu (Lark) robot channel: one hook, signed where the robot asks for it, into one group. */
import type { Channel, ChannelSettings, ConfigField } from '#src/channels/channel.js';
import { settingOf } from '#src/channels/parts.js';
import { SHOWN_AGAIN } from '#src/channels/repeats.js';
import { isCredential, readCredential } from '#src/channels/robot-address.js';
import { toFailureOutcome, toRobotOutcome } from '#src/channels/robot-answers.js';
import { credentialField, lookField, signingSecretField } from '#src/channels/robot-fields.js';
import { createRobotHost, ROBOT_TIMEOUT_MS, type RobotDeps } from '#src/channels/robot-host.js';
import { describeFeishuCode } from './codes.js';
import { drawForFeishu, type FeishuDrawing } from './draw.js';
import { signForFeishu } from './sign.js';

/** What the channel is made with; `base` is `https://open.feishu.cn` or a simulator's. */
export interface FeishuDeps extends RobotDeps {
  /** For robots of Lark, the edition outside China. Default `https://open.larksuite.com`. */
  larkBase?: string;
}

const LARK_BASE = 'https://open.larksuite.com';
const HOOK_PATH = '/open-apis/bot/v2/hook/';

const FIELDS: readonly ConfigField[] = [
  credentialField('token', {
    label: { zh: 'Webhook 地址', en: 'Webhook address' },
    hint: {
      zh: '飞书群「设置 → 群机器人 → 自定义机器人」显示的 Webhook 地址；只填最后一段时当作飞书，Lark 请整段粘贴',
      en: 'The webhook address of the custom bot; its last part alone is taken for Feishu, so paste all of it for Lark',
    },
  }),
  signingSecretField(
    { zh: '签名密钥', en: 'Signing secret' },
    {
      zh: '安全设置勾选「签名校验」时显示；没勾选就留空',
      en: 'Shown where signature verification is on; else leave it empty',
    },
  ),
  lookField('card'),
];

/** Makes the channel. */
export function createFeishuBotChannel(
  deps: FeishuDeps,
): Channel<FeishuDrawing> & { close(): Promise<void> } {
  const open = (base: string) =>
    createRobotHost({
      platform: 'feishu',
      title: '飞书',
      baseSetting: 'FEISHU_BASE',
      base,
      proxy: deps.proxy,
      // Some refusals carry StatusCode 0 beside their code: the code comes first.
      codeFields: ['code', 'StatusCode'],
    });
  const feishu = open(deps.base);
  const lark = open(deps.larkBase ?? LARK_BASE);
  return {
    id: 'feishu-bot',
    isShared: true,
    title: { zh: '飞书群机器人', en: 'Feishu group robot' },
    configFields: FIELDS,
    limits: {
      inFlight: 4,
      windows: [
        { count: 5, perMs: 1_000 },
        { count: 100, perMs: 60_000 },
      ],
    },
    repeatsOf: () => SHOWN_AGAIN,
    accountOf: (settings) => `${isLark(settings) ? 'lark' : 'feishu'}:${tokenOf(settings.token)}`,
    checkSettings: checkFeishuSettings,
    render: drawForFeishu,
    send: async (drawing, settings, _recipient, io) => {
      const token = tokenOf(settings.token);
      const secret = settingOf(settings, 'secret');
      const message = settingOf(settings, 'format') === 'text' ? drawing.text : drawing.card;
      const signature = secret === '' ? {} : signForFeishu(secret, io.clock.now());
      try {
        const answer = await (isLark(settings) ? lark : feishu).send({
          method: 'POST',
          path: HOOK_PATH + encodeURIComponent(token),
          call: 'bot/v2/hook',
          body: { ...signature, ...message },
          timeoutMs: deps.timeoutMs ?? ROBOT_TIMEOUT_MS,
          secrets: [token, secret],
        });
        return toRobotOutcome(answer, '飞书群机器人', describeFeishuCode);
      } catch (error) {
        return toFailureOutcome(error);
      }
    },
    close: async () => {
      await Promise.all([feishu.close(), lark.close()]);
    },
  };
}

const checkFeishuSettings: NonNullable<Channel['checkSettings']> = (settings) => {
  const given = settingOf(settings, 'token');
  const problems: ReturnType<typeof checkFeishuSettings> = [];
  if (given.includes('/open-apis/bot/hook/')) {
    problems.push({
      field: 'token',
      zh: '这是旧版（v1）机器人的地址，请在群里重新添加自定义机器人',
      en: 'This is the address of an old (v1) bot: add a new custom bot to the group',
    });
  } else if (given !== '' && !isCredential(tokenOf(given))) {
    problems.push({
      field: 'token',
      zh: '不是飞书机器人的 Webhook 地址：应含 /open-apis/bot/v2/hook/',
      en: 'No webhook address of a Feishu bot: /open-apis/bot/v2/hook/ is missing',
    });
  }
  if (/\s/.test(settingOf(settings, 'secret'))) {
    problems.push({ field: 'secret', zh: '签名密钥里不能有空白', en: 'A signing secret has no blanks' });
  }
  return problems;
};

function tokenOf(token: string | undefined): string {
  return readCredential(token ?? '', { path: HOOK_PATH });
}

function isLark(settings: ChannelSettings): boolean {
  return /^https?:\/\/[^/]*\.larksuite\.com\//i.test(settingOf(settings, 'token'));
}
