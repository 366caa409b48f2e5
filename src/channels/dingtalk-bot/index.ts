/** The DingTalk robot channel: one access token, signed where the robot asks for it, into one group. */
import type { Channel, ConfigField } from '#src/channels/channel.js';
import { settingOf } from '#src/channels/parts.js';
import { SHOWN_AGAIN } from '#src/channels/repeats.js';
import { isCredential, readCredential } from '#src/channels/robot-address.js';
import { toFailureOutcome, toRobotOutcome } from '#src/channels/robot-answers.js';
import { credentialField, lookField, signingSecretField } from '#src/channels/robot-fields.js';
import { createRobotHost, ROBOT_TIMEOUT_MS, type RobotDeps } from '#src/channels/robot-host.js';
import { describeDingtalkCode } from './codes.js';
import { type DingtalkDrawing, drawForDingtalk } from './draw.js';
import { signForDingtalk } from './sign.js';

const FIELDS: readonly ConfigField[] = [
  credentialField('token', {
    label: { zh: 'Webhook 地址或 access_token', en: 'Webhook address or access token' },
    hint: {
      zh: '钉钉群「智能群助手 → 添加机器人 → 自定义」后显示的 Webhook 地址，整段粘贴或只填 access_token= 后面的部分',
      en: 'The webhook address of the custom robot, or what stands behind access_token= in it',
    },
  }),
  signingSecretField(
    { zh: '加签密钥', en: 'Signing secret' },
    {
      zh: '安全设置选「加签」时显示，以 SEC 开头；没选就留空',
      en: 'Shown where the robot’s safety setting is a signature; starts with SEC; else leave it empty',
    },
  ),
  lookField('markdown'),
];

/** Makes the channel. `base` is `https://oapi.dingtalk.com` or a simulator's. */
export function createDingtalkBotChannel(
  deps: RobotDeps,
): Channel<DingtalkDrawing> & { close(): Promise<void> } {
  const host = createRobotHost({
    platform: 'dingtalk',
    title: '钉钉',
    baseSetting: 'DINGTALK_BASE',
    base: deps.base,
    proxy: deps.proxy,
    codeFields: ['errcode'],
  });
  return {
    id: 'dingtalk-bot',
    isShared: true,
    title: { zh: '钉钉群机器人', en: 'DingTalk group robot' },
    configFields: FIELDS,
    limits: { inFlight: 4, windows: [{ count: 20, perMs: 60_000 }] },
    repeatsOf: () => SHOWN_AGAIN,
    accountOf: (settings) => tokenOf(settings.token),
    checkSettings: checkDingtalkSettings,
    render: drawForDingtalk,
    send: async (drawing, settings, _recipient, io) => {
      const token = tokenOf(settings.token);
      const secret = settingOf(settings, 'secret');
      const signature = secret === '' ? {} : signForDingtalk(secret, io.clock.now());
      try {
        const answer = await host.send({
          method: 'POST',
          path: `/robot/send?${new URLSearchParams({ access_token: token, ...signature })}`,
          call: 'robot/send',
          body: settingOf(settings, 'format') === 'text' ? drawing.text : drawing.markdown,
          timeoutMs: deps.timeoutMs ?? ROBOT_TIMEOUT_MS,
          secrets: [token, secret],
        });
        return toRobotOutcome(answer, '钉钉群机器人', describeDingtalkCode);
      } catch (error) {
        return toFailureOutcome(error);
      }
    },
    close: () => host.close(),
  };
}

const checkDingtalkSettings: NonNullable<Channel['checkSettings']> = (settings) => {
  const problems: ReturnType<typeof checkDingtalkSettings> = [];
  if (settingOf(settings, 'token') !== '' && !isCredential(tokenOf(settings.token))) {
    problems.push({
      field: 'token',
      zh: '不是钉钉机器人的 Webhook 地址：应含 access_token= 参数',
      en: 'No webhook address of a DingTalk robot: access_token= is missing',
    });
  }
  const secret = settingOf(settings, 'secret');
  if (secret !== '' && !/^SEC\w+$/.test(secret)) {
    problems.push({
      field: 'secret',
      zh: '加签密钥以 SEC 开头；「自定义关键词」不填在这里',
      en: 'A signing secret starts with SEC; a keyword does not belong here',
    });
  }
  return problems;
};

function tokenOf(token: string | undefined): string {
  return readCredential(token ?? '', { query: 'access_token' });
}
