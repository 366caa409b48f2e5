/** The SMS channel: a message's title as one variable of an approved template, by the person's own Aliyun account. */
import type { Channel, ChannelSettings, ConfigField } from '#src/channels/channel.js';
import { headingOf, settingOf } from '#src/channels/parts.js';
import { SHOWN_AGAIN } from '#src/channels/repeats.js';
import type { AdmitPost, MessageContent } from '#src/core/types.js';
import { barePhone, isPhone } from '#src/lib/phone-number.js';
import { startOfPlainText, takeCodePoints } from '#src/lib/text.js';
import type { SmsPlatform } from '#src/platforms/aliyun-sms.js';
import { toSmsOutcome } from './outcome.js';

/** A message drawn for SMS: nothing but its title. */
export interface SmsCard {
  title: string;
}

/** What a template variable holds (Aliyun's rule for ordinary variables); a person may set less. */
const MAX_VARIABLE_LENGTH = 35;
/** The most that a person may set. */
const LONGEST_SETTING = 999;
const DEFAULT_PARAM = 'title';

const FIELDS: readonly ConfigField[] = [
  {
    name: 'accessKeyId',
    type: 'text',
    label: { zh: 'AccessKey ID', en: 'Access key id' },
    hint: {
      zh: '阿里云 RAM 控制台新建，并授予短信权限',
      en: 'make one in Aliyun’s RAM console and grant it SMS',
    },
    required: true,
    secret: false,
  },
  {
    name: 'accessKeySecret',
    type: 'text',
    label: { zh: 'AccessKey Secret', en: 'Access key secret' },
    required: true,
    secret: true,
  },
  {
    name: 'signName',
    type: 'text',
    label: { zh: '短信签名', en: 'Signature' },
    hint: {
      zh: '短信服务控制台「国内消息 → 签名管理」里审核通过的名称',
      en: 'the approved name of the SMS console',
    },
    required: true,
    secret: false,
  },
  {
    name: 'templateCode',
    type: 'text',
    label: { zh: '模板 CODE', en: 'Template code' },
    hint: {
      zh: '「模板管理」里的 SMS_ 加数字；模板里要有一个变量',
      en: 'SMS_ and digits; the template needs one variable',
    },
    required: true,
    secret: false,
  },
  {
    name: 'templateParamName',
    type: 'text',
    label: { zh: '变量名', en: 'Variable' },
    hint: { zh: '放标题的模板变量，默认 title', en: 'the variable that takes the title; title by default' },
    required: false,
    secret: false,
  },
  {
    name: 'maxLength',
    type: 'number',
    label: { zh: '最大字数', en: 'Most characters' },
    hint: {
      zh: `标题超过就截断，默认 ${MAX_VARIABLE_LENGTH}`,
      en: `longer titles are cut; ${MAX_VARIABLE_LENGTH} by default`,
    },
    required: false,
    secret: false,
  },
  {
    name: 'phone',
    type: 'text',
    label: { zh: '手机号', en: 'Phone number' },
    hint: {
      zh: '中国大陆手机号；留空用已绑定的手机',
      en: 'a mainland number; empty for the phone you bound',
    },
    required: false,
    secret: false,
  },
];

/** Makes the channel. */
export function createSmsChannel(deps: {
  platform: Pick<SmsPlatform, 'sendSms'>;
  /** The server's own account, and what is asked before it sends; absent: there is none. */
  server?: { accessKeyId: string; admit: AdmitPost };
}): Channel<SmsCard> {
  return {
    id: 'sms',
    title: { zh: '短信（阿里云）', en: 'SMS (Aliyun)' },
    configFields: FIELDS,
    limits: { inFlight: 4 },
    repeatsOf: () => SHOWN_AGAIN,
    // Aliyun limits how often one phone is written to, so a limit of one phone must not hold up another.
    accountOf: (settings, recipient) =>
      `${settingOf(settings, 'accessKeyId')} ${phoneOf(settings, recipient.address)}`,
    checkSettings: checkSmsSettings,
    render: renderSms,
    send: async (card, settings, recipient, io) => {
      const phone = phoneOf(settings, recipient.address);
      if (settingOf(settings, 'accessKeyId') === '') {
        const why = '短信 SMS: 本站没有短信服务 this site has no SMS account';
        return { kind: 'refused', code: 'no_account', why };
      }
      if (!isPhone(phone)) {
        const why =
          '短信 SMS: 没有可用的手机号，请在通道设置里填写或绑定手机 no usable phone number: set or bind one';
        return { kind: 'refused', code: 'no_phone', why };
      }
      const isServers = settingOf(settings, 'accessKeyId') === deps.server?.accessKeyId;
      const post = {
        act: 'server-sms',
        personId: recipient.personId,
        receivers: [phone],
        own: phone,
      } as const;
      const held = isServers ? await deps.server?.admit(post) : null;
      if (held) {
        return { kind: 'retry', isHeld: true, ...held };
      }
      const most = Number(settingOf(settings, 'maxLength')) || MAX_VARIABLE_LENGTH;
      const param = settingOf(settings, 'templateParamName') || DEFAULT_PARAM;
      const answer = await deps.platform.sendSms(
        {
          accessKeyId: settingOf(settings, 'accessKeyId'),
          accessKeySecret: settingOf(settings, 'accessKeySecret'),
        },
        {
          phone,
          signName: settingOf(settings, 'signName'),
          templateCode: settingOf(settings, 'templateCode'),
          templateParam: { [param]: takeCodePoints(card.title, most, '…') },
          outId: String(io.deliveryId),
        },
      );
      return toSmsOutcome(answer, io.clock.now());
    },
  };
}

/** Draws a message: only its title goes into an SMS; of one without a title its first words, which say more than a name. */
export function renderSms(message: MessageContent): SmsCard {
  const { title, summary, body, format } = message;
  const words = title.trim() || summary.trim() || startOfPlainText(body, format, LONGEST_SETTING);
  return { title: headingOf({ ...message, title: words }) };
}

function phoneOf(settings: ChannelSettings, bound: string): string {
  return barePhone(settingOf(settings, 'phone') || bound);
}

function checkSmsSettings(settings: ChannelSettings): { field: string; zh: string; en: string }[] {
  const rules = [
    {
      field: 'phone',
      isRight: settingOf(settings, 'phone') === '' || isPhone(phoneOf(settings, '')),
      zh: '手机号是 1 开头的 11 位数字',
      en: 'a phone number has 11 digits and begins with 1',
    },
    {
      field: 'templateCode',
      isRight: /^SMS_\w{1,40}$/.test(settingOf(settings, 'templateCode')),
      zh: '模板 CODE 以 SMS_ 开头',
      en: 'a template code begins with SMS_',
    },
    {
      field: 'templateParamName',
      isRight: /^\w{0,40}$/.test(settingOf(settings, 'templateParamName')),
      zh: '变量名只有字母、数字和下划线',
      en: 'a variable has letters, digits and underscores',
    },
    {
      field: 'maxLength',
      isRight: /^([1-9]\d{0,2})?$/.test(settingOf(settings, 'maxLength')),
      zh: '最大字数是 1 到 999',
      en: 'the most characters are 1 to 999',
    },
  ];
  return rules.filter(({ isRight }) => !isRight).map(({ field, zh, en }) => ({ field, zh, en }));
}
