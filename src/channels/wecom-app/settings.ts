/** The settings of a WeCom app: their form, their checks, and the list of receivers. */
import type { Channel, ChannelSettings, ConfigField } from '#src/channels/channel.js';
import { NAMED_FIELD, settingOf } from '#src/channels/parts.js';
import type { WecomCredentials } from '#src/platforms/wecom/index.js';

/** How a message is drawn. Inside WeChat only `text` and `textcard` are shown. */
export const WECOM_FORMATS = ['text', 'markdown', 'textcard'] as const;
/** One of them. */
export type WecomFormat = (typeof WECOM_FORMATS)[number];

/** What becomes of a text that is too long. */
export const WECOM_OVERFLOWS = ['cut', 'split'] as const;
/** One of them. */
export type WecomOverflow = (typeof WECOM_OVERFLOWS)[number];

/** Everybody who can see the app. */
export const EVERYBODY = '@all';

/** The form. */
export const WECOM_APP_FIELDS: readonly ConfigField[] = [
  {
    name: 'corpId',
    type: 'text',
    label: { zh: '企业 ID', en: 'Corp ID' },
    hint: {
      zh: '企业微信管理后台「我的企业」页面底部，以 ww 开头',
      en: 'At the bottom of "My Company" in the WeCom console; starts with ww',
    },
    required: true,
    secret: false,
  },
  {
    name: 'agentId',
    type: 'number',
    label: { zh: 'AgentId', en: 'AgentId' },
    hint: { zh: '「应用管理」里自建应用的页面，如 1000002', en: 'On the page of your app, such as 1000002' },
    required: true,
    secret: false,
  },
  {
    name: 'secret',
    type: 'text',
    label: { zh: '应用 Secret', en: 'App secret' },
    hint: {
      zh: '同一页面的 Secret，在企业微信客户端里查看；还要在「企业可信 IP」里加入本服务器的 IP',
      en: 'On the same page, shown in the WeCom client; also add this server to its trusted IPs',
    },
    required: true,
    secret: true,
  },
  {
    name: 'receivers',
    type: 'text',
    label: { zh: '默认接收人', en: 'Default receivers' },
    hint: {
      zh: '成员账号（不是姓名），多个用 | 隔开；@all 表示应用可见范围内的所有人',
      en: 'Member ids joined by |; @all for everybody who can see the app',
    },
    required: true,
    secret: false,
  },
  NAMED_FIELD,
  {
    name: 'format',
    type: 'choice',
    label: { zh: '消息样式', en: 'Format' },
    hint: {
      zh: 'text：文本（默认）；textcard：卡片；markdown：只在企业微信客户端显示，微信里看不到',
      en: 'text (default); textcard: a card; markdown: shown by the WeCom client only, not inside WeChat',
    },
    required: false,
    secret: false,
    choices: WECOM_FORMATS,
  },
  {
    name: 'overflow',
    type: 'choice',
    label: { zh: '超长内容', en: 'Long messages' },
    hint: {
      zh: 'cut：截断并附全文链接（默认）；split：拆成几条带编号的消息',
      en: 'cut: with a link to the rest (default); split: into numbered messages',
    },
    required: false,
    secret: false,
    choices: WECOM_OVERFLOWS,
  },
];

/** First a letter or digit, 64 bytes at most (WeCom's rule for userid). */
const MEMBER_ID = /^[0-9A-Za-z][0-9A-Za-z_@.-]{0,63}$/;

/**
 * The receivers named in a text, joined by `|`, commas, semicolons or blanks, or in a list: each once, whatever its
 * case; just `@all` where it is among them. `wrong` are those that cannot be member ids.
 */
export function readReceivers(value: unknown): { ids: string[]; wrong: string[] } {
  const texts = Array.isArray(value) ? value.map(String) : [typeof value === 'string' ? value : ''];
  const names = texts.flatMap((text) => text.split(/[|,，;；、\s]+/)).filter((name) => name !== '');
  if (names.some((name) => name.toLowerCase() === EVERYBODY)) {
    return { ids: [EVERYBODY], wrong: [] };
  }
  const byId = new Map(names.map((name) => [name.toLowerCase(), name]).reverse() as [string, string][]);
  const ids = [...byId.values()].reverse();
  return { ids: ids.filter((id) => MEMBER_ID.test(id)), wrong: ids.filter((id) => !MEMBER_ID.test(id)) };
}

/** The app that the settings name. */
export function credentialsOf(settings: ChannelSettings): WecomCredentials {
  return {
    corpId: settingOf(settings, 'corpId'),
    agentId: settingOf(settings, 'agentId'),
    secret: settingOf(settings, 'secret'),
  };
}

/** The chosen format; text where none is set. */
export function formatOf(settings: ChannelSettings): WecomFormat {
  return WECOM_FORMATS.find((format) => format === settingOf(settings, 'format')) ?? 'text';
}

/** The chosen way with long texts; cut where none is set. */
export function overflowOf(settings: ChannelSettings): WecomOverflow {
  return WECOM_OVERFLOWS.find((overflow) => overflow === settingOf(settings, 'overflow')) ?? 'cut';
}

/** A sentence per wrong setting. Empty settings are the form's business. */
export const checkWecomAppSettings: NonNullable<Channel['checkSettings']> = (settings) => {
  const { corpId, agentId, secret } = credentialsOf(settings);
  const { wrong } = readReceivers(settings.receivers);
  const problems: ReturnType<typeof checkWecomAppSettings> = [];
  if (corpId !== '' && !/^[A-Za-z0-9]{10,64}$/.test(corpId)) {
    problems.push({
      field: 'corpId',
      zh: '企业 ID 应为字母和数字，以 ww 开头',
      en: 'A corp ID is letters and digits and starts with ww',
    });
  }
  if (agentId !== '' && !/^\d{1,15}$/.test(agentId)) {
    problems.push({ field: 'agentId', zh: 'AgentId 应为数字', en: 'AgentId is a number' });
  }
  if (/\s|\p{Cc}/u.test(secret)) {
    problems.push({ field: 'secret', zh: 'Secret 里不能有空白', en: 'A secret has no blanks' });
  }
  if (wrong.length > 0) {
    const names = wrong.slice(0, 5).join('、');
    problems.push({
      field: 'receivers',
      zh: `不是成员账号：${names}。账号由字母、数字和 _ - @ . 组成，不是姓名`,
      en: `No member ids: ${names}. Ids are letters, digits and _ - @ .`,
    });
  }
  return problems;
};
