/** The settings of a person's own official or test account. */
import type { ChannelSettings, ConfigField } from '#src/channels/channel.js';
import { keepsOwn, NAMED_FIELD, settingOf } from '#src/channels/parts.js';
import type { TemplateField } from '#src/config.js';

const PARTS = ['title', 'summary', 'time', 'app', 'sender'] as const;
const OPENID = /^[\w-]{20,64}$/;
/** One after another: more would hold a slot for too long. */
const MAX_RECEIVERS = 20;

/** How message parts fill the template's keywords: `thing1=title,time2=time`. Entries that make no sense are left out. */
export function fieldsOf(settings: ChannelSettings): TemplateField[] {
  return entriesOf(settings).flatMap(({ keyword, part }) => {
    const known = PARTS.find((name) => name === part);
    return known && keyword !== '' ? [{ keyword, part: known }] : [];
  });
}

/**
 * The receivers, each once: those whom the message names, those of the settings where it names none, or both. `wrong` are
 * those that can be no openids, and those beyond what one message reaches.
 */
export function receiversOf(
  settings: ChannelSettings,
  named: unknown,
): { openids: string[]; wrong: string[] } {
  const given = (Array.isArray(named) ? named.filter((one) => typeof one === 'string') : []).flatMap(listOf);
  const own = given.length === 0 || keepsOwn(settings) ? listOf(settingOf(settings, 'openid')) : [];
  const all = [...new Set([...own, ...given])];
  const right = all.filter((openid) => OPENID.test(openid));
  const openids = right.slice(0, MAX_RECEIVERS);
  return { openids, wrong: all.filter((openid) => !openids.includes(openid)) };
}

/** What is wrong with the settings beyond their fields, a sentence for people each. */
export function checkOwnSettings(settings: ChannelSettings): { field: string; zh: string; en: string }[] {
  const badOpenid = listOf(settingOf(settings, 'openid')).find((openid) => !OPENID.test(openid));
  const badEntry = entriesOf(settings).find(
    ({ keyword, part }) => !/^[A-Za-z_]\w*$/.test(keyword) || !PARTS.some((name) => name === part),
  );
  const rules = [
    {
      field: 'appId',
      isRight: /^wx[\da-f]{16}$/i.test(settingOf(settings, 'appId')),
      zh: 'AppID 是 wx 开头的 18 个字符',
      en: 'an app id has 18 characters and begins with wx',
    },
    {
      field: 'openid',
      isRight: badOpenid === undefined,
      zh: `不是 openid：${badOpenid}`,
      en: `not an openid: ${badOpenid}`,
    },
    {
      field: 'fields',
      isRight: badEntry === undefined,
      zh: `字段写成 关键词=部分，部分是 ${PARTS.join('、')} 之一`,
      en: `fields are keyword=part, with a part of ${PARTS.join(', ')}`,
    },
  ];
  return rules.filter(({ isRight }) => !isRight).map(({ field, zh, en }) => ({ field, zh, en }));
}

function entriesOf(settings: ChannelSettings): { keyword: string; part: string }[] {
  return settingOf(settings, 'fields')
    .split(/[,，\n]/)
    .filter((entry) => entry.trim() !== '')
    .map((entry) => {
      const [keyword = '', part = ''] = entry.split('=').map((side) => side.trim());
      return { keyword, part };
    });
}

/** Server酱 separates openids by commas on this channel; its other separator is taken too. */
function listOf(text: string): string[] {
  return text.split(/[,，|\s]+/).filter((one) => one !== '');
}

/** The fields, in the order of the form. */
export const OWN_FIELDS: readonly ConfigField[] = [
  {
    name: 'appId',
    type: 'text',
    label: { zh: 'AppID', en: 'App id' },
    hint: {
      zh: '公众平台「设置与开发 → 基本配置」，或测试号页面的「测试号信息」',
      en: 'on the account’s basic settings, or on the test account’s page',
    },
    required: true,
    secret: false,
  },
  {
    name: 'secret',
    type: 'text',
    label: { zh: 'AppSecret', en: 'App secret' },
    hint: { zh: '与 AppID 在同一页；重置后旧的立即失效', en: 'beside the app id; a reset ends the old one' },
    required: true,
    secret: true,
  },
  {
    name: 'openid',
    type: 'text',
    label: { zh: '接收人 openid', en: 'Receiver openid' },
    hint: {
      zh: '测试号页面「用户列表」里的微信号；多个用逗号分开',
      en: 'from the list of users on the test account’s page; several by commas',
    },
    required: true,
    secret: false,
  },
  NAMED_FIELD,
  {
    name: 'templateId',
    type: 'text',
    label: { zh: '模板 ID', en: 'Template id' },
    hint: {
      zh: '留空自动用账号里第一个合适的模板；测试号可新增一个：标题：{{title.DATA}} 换行 摘要：{{summary.DATA}} 换行 时间：{{time.DATA}}',
      en: 'empty: the first template that fits; on a test account add one with labels before {{title.DATA}}, {{summary.DATA}} and {{time.DATA}}',
    },
    required: false,
    secret: false,
  },
  {
    name: 'fields',
    type: 'text',
    label: { zh: '模板字段', en: 'Template fields' },
    hint: {
      zh: '留空按关键词自动对应；如 thing1=title,thing2=summary,time3=time',
      en: 'empty: by the kinds of keywords; as in thing1=title,thing2=summary,time3=time',
    },
    required: false,
    secret: false,
  },
];
