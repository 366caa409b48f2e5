/** The kinds of channel as people choose among them: in groups, each with a sentence on where its values are found. */
import type { ChannelKind } from '#src/core/types.js';
import type { Language } from '#src/lib/i18n.js';
import type { ChannelsKey } from './channels-words.js';

/** A kind, or a ready form of one, to choose. */
export interface KindChoice {
  /** Behind `/new/`, with its query. */
  path: string;
  title: string;
  guide: string;
}

/** A group of choices. */
export interface KindGroup {
  title: ChannelsKey;
  choices: KindChoice[];
}

const GROUPS: readonly { title: ChannelsKey; kinds: readonly string[] }[] = [
  { title: 'groupPhone', kinds: ['bark', 'ntfy', 'pushdeer', 'gotify'] },
  { title: 'groupTeam', kinds: ['wecom-bot', 'dingtalk-bot', 'feishu-bot', 'wecom-app'] },
  { title: 'groupContact', kinds: ['mail', 'sms'] },
  { title: 'groupWechat', kinds: ['wechat-own'] },
  { title: 'groupWebhook', kinds: ['webhook'] },
];

const GUIDES: Readonly<Record<string, readonly [zh: string, en: string]>> = {
  bark: [
    'iPhone 上安装 Bark，首页显示的推送地址里就有设备 Key。',
    'Install Bark on an iPhone: the push address on its first page holds the device key.',
  ],
  ntfy: [
    '在 ntfy App 里订阅一个难猜的主题名，填到这里。',
    'Subscribe to a topic that nobody guesses in the ntfy app, and give its name.',
  ],
  pushdeer: [
    '在 PushDeer App 的「Key」页新建并复制 PushKey。',
    'Make a push key on the Key page of the PushDeer app and copy it.',
  ],
  gotify: [
    '在你的 Gotify 网页「Apps」里新建应用，复制它的令牌。',
    'Make an application on the Apps page of your Gotify and copy its token.',
  ],
  'wecom-bot': [
    '企业微信群右上角「…」→「消息推送」→ 添加群机器人，复制 Webhook 地址。',
    'Add a group robot from the “…” menu of a WeCom group and copy its webhook address.',
  ],
  'dingtalk-bot': [
    '钉钉群「智能群助手」→ 添加机器人 → 自定义，复制 Webhook 地址与加签密钥。',
    'Add a custom robot to a DingTalk group; copy its webhook address and signing secret.',
  ],
  'feishu-bot': [
    '飞书群「设置」→「群机器人」→ 自定义机器人，复制 Webhook 地址与签名密钥。',
    'Add a custom bot to a Feishu group; copy its webhook address and signing secret.',
  ],
  'wecom-app': [
    '企业微信管理后台：「我的企业」底部的企业 ID，「应用管理」里的 AgentId 与 Secret，再加可信 IP。',
    'In the WeCom console: the corp id under My Company, AgentId and Secret of your app; add this server’s IP there.',
  ],
  mail: [
    '只填收件地址就能用：不是你验证过的邮箱，会先收到一封信，对方点「同意」后才发；也可以填自己邮箱的 SMTP 服务器和授权码。',
    'A receiver’s address is enough: one that you have not verified is asked by mail first, and has to agree. Or give your own SMTP server and app password.',
  ],
  sms: [
    '阿里云「短信服务」控制台：AccessKey、审核通过的签名与模板。',
    'From Aliyun’s SMS console: an access key, an approved signature and a template.',
  ],
  'wechat-own': [
    '自己的公众号或测试号：AppID、AppSecret 和接收人的 openid 都在它的后台页面上。',
    'Your own official or test account: app id, app secret and the receiver’s openid are on its pages.',
  ],
};

/** All kinds in groups; those that no group names come last. */
export function groupKinds(kinds: readonly ChannelKind[], language: Language): KindGroup[] {
  const known = new Set(GROUPS.flatMap((group) => group.kinds));
  const others = kinds.filter(({ id }) => !known.has(id)).map(({ id }) => id);
  return [...GROUPS, { title: 'groupOther' as const, kinds: others }]
    .map(({ title, kinds: ids }) => ({
      title,
      choices: ids.flatMap((id) => {
        const kind = kinds.find((one) => one.id === id);
        return kind ? toChoices(kind, language) : [];
      }),
    }))
    .filter(({ choices }) => choices.length > 0);
}

/** Where the values of a kind are found; empty where the form alone says it. */
export function guideOf(kindId: string, language: Language): string {
  return GUIDES[kindId]?.[language === 'zh' ? 0 : 1] ?? '';
}

function toChoices(kind: ChannelKind, language: Language): KindChoice[] {
  const path = encodeURIComponent(kind.id);
  return kind.presets
    ? kind.presets.map(({ id, title, hint }) => ({
        path: `${path}?preset=${encodeURIComponent(id)}`,
        title: title[language],
        guide: hint[language],
      }))
    : [{ path, title: kind.title[language], guide: guideOf(kind.id, language) }];
}
