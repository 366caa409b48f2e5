/** The settings of a Bark channel: which device, how it sounds and looks, and how it is encrypted. */
import type { ChannelSettings, ConfigField } from '#src/channels/channel.js';
import {
  CERTIFICATE_FIELD,
  checkCertificate,
  serverField,
  serverOf,
  settingOf,
  TAP_FIELD,
} from '#src/channels/parts.js';
import { pathOf, readPasted, type SplitAddress, serverAt, withoutEnd } from '#src/channels/pasted-address.js';
import { BARK_ALGORITHMS, BARK_MODES, type BarkAlgorithm, type BarkMode } from './encrypt.js';

/** Bark's public server. */
export const BARK_SERVER = 'https://api.day.app';
/** The levels of iOS; `critical` sounds in silent mode. */
const LEVELS = ['active', 'timeSensitive', 'passive', 'critical'];

/** The encryption of a channel; an empty IV means a fresh one for each push. */
export interface BarkEncryption {
  algorithm: BarkAlgorithm;
  mode: BarkMode;
  key: string;
  iv: string;
}

/** The encryption that the settings ask for; null for none. Only after `checkBarkSettings` found nothing. */
export function encryptionOf(settings: ChannelSettings): BarkEncryption | null {
  const key = settingOf(settings, 'encryptionKey');
  if (key === '') {
    return null;
  }
  return {
    algorithm: algorithmOf(settings),
    mode: modeOf(settings),
    key,
    iv: settingOf(settings, 'encryptionIv'),
  };
}

/** What Bark's own keys look like. */
const KEY = /^[A-Za-z\d]{22}$/;
/** A server behind others is served under a path that says so. */
const PREFIX = 'bark';

/** The settings with a whole push address split: `https://api.day.app/KEY/title/body`. */
export function readPastedBark(settings: ChannelSettings): Record<string, string> {
  return readPasted(settings, 'key', splitPushAddress);
}

const splitPushAddress: SplitAddress = (address, known) => {
  const named = address.searchParams.get('device_key');
  const path = withoutEnd(pathOf(address), ['push']);
  const sure = path.findIndex((part) => KEY.test(part) || (known !== '' && part === known));
  const first = path[0] === PREFIX ? 1 : 0;
  const at = sure >= 0 ? sure : known === '' && named === null && first < path.length ? first : path.length;
  const secret = named ?? path[at];
  return { server: serverAt(address, path.slice(0, at)), ...(secret === undefined ? {} : { secret }) };
};

/** What is wrong with the settings beyond their fields, a sentence for people each. */
export function checkBarkSettings(settings: ChannelSettings): { field: string; zh: string; en: string }[] {
  const wrong: { field: string; zh: string; en: string }[] = [];
  if (!/^[A-Za-z0-9_-]{1,100}$/.test(settingOf(settings, 'key'))) {
    wrong.push({
      field: 'key',
      zh: '设备 Key 是推送地址里服务器后面的那一段，只有字母和数字',
      en: 'the device key is the part of the push address behind the server: letters and digits',
    });
  }
  return [
    ...wrong,
    ...checkEncryption(settings),
    ...checkCertificate(settings, serverOf(settings, BARK_SERVER)),
  ];
}

function checkEncryption(settings: ChannelSettings): { field: string; zh: string; en: string }[] {
  const encryption = encryptionOf(settings);
  if (!encryption) {
    return [];
  }
  const wrong: { field: string; zh: string; en: string }[] = [];
  const keyLength = BARK_ALGORITHMS[encryption.algorithm];
  if (!isAscii(encryption.key, keyLength)) {
    wrong.push({
      field: 'encryptionKey',
      zh: `${encryption.algorithm} 的密钥必须是 ${keyLength} 个英文字符`,
      en: `the key of ${encryption.algorithm} has exactly ${keyLength} ASCII characters`,
    });
  }
  const ivLength = BARK_MODES[encryption.mode];
  if (encryption.iv !== '' && ivLength > 0 && !isAscii(encryption.iv, ivLength)) {
    wrong.push({
      field: 'encryptionIv',
      zh: `${encryption.mode} 的 IV 必须是 ${ivLength} 个英文字符；留空则每条消息随机生成`,
      en: `the IV of ${encryption.mode} has exactly ${ivLength} ASCII characters; leave it empty for a fresh one each time`,
    });
  }
  return wrong;
}

function isAscii(text: string, length: number): boolean {
  return text.length === length && /^[\x21-\x7e]+$/.test(text);
}

function algorithmOf(settings: ChannelSettings): BarkAlgorithm {
  const asked = settingOf(settings, 'encryptionAlgorithm');
  return asked === 'AES192' || asked === 'AES256' ? asked : 'AES128';
}

function modeOf(settings: ChannelSettings): BarkMode {
  const asked = settingOf(settings, 'encryptionMode');
  return asked === 'ECB' || asked === 'GCM' ? asked : 'CBC';
}

/** The account of a channel: a device of a server. */
export function barkAccount(settings: ChannelSettings): string {
  return `${serverOf(settings, BARK_SERVER)} ${settingOf(settings, 'key')}`;
}

const optional = (
  name: string,
  zh: string,
  en: string,
): Pick<ConfigField, 'name' | 'label' | 'required' | 'secret'> => ({
  name,
  label: { zh, en },
  required: false,
  secret: false,
});

/** The fields, in the order of the form. */
export const BARK_FIELDS: readonly ConfigField[] = [
  serverField({
    required: false,
    hint: {
      zh: `自建的 bark-server 地址；留空用官方的 ${BARK_SERVER}`,
      en: `your own bark-server; empty for the public ${BARK_SERVER}`,
    },
  }),
  {
    name: 'key',
    type: 'text',
    label: { zh: '设备 Key', en: 'Device key' },
    hint: {
      zh: '打开 Bark App 首页，推送地址 https://服务器/这一段/… 就是 Key；也可以粘贴整个推送地址',
      en: 'open the Bark app: the key is in the push address, right behind the server; or paste the whole address',
    },
    required: true,
    secret: true,
  },
  {
    ...optional('sound', '铃声', 'Sound'),
    type: 'text',
    hint: { zh: '铃声名，见 App「铃声列表」', en: 'a name of the app’s list of sounds' },
  },
  {
    ...optional('group', '分组', 'Group'),
    type: 'text',
    hint: { zh: '留空则按应用名分组', en: 'empty: the name of the sending app' },
  },
  {
    ...optional('level', '中断级别', 'Interruption level'),
    type: 'choice',
    choices: LEVELS,
    hint: {
      zh: '紧急消息总是至少 timeSensitive',
      en: 'urgent messages are timeSensitive at least',
    },
  },
  {
    ...optional('icon', '图标地址', 'Icon address'),
    type: 'url',
    hint: { zh: '一张图片的网址（iOS 15 起）', en: 'the address of a picture (iOS 15 and later)' },
  },
  {
    ...optional('isArchive', '保存到历史', 'Keep in the app'),
    type: 'choice',
    choices: ['1', '0'],
    hint: { zh: '1 保存，0 不保存，留空由 App 决定', en: '1 keeps, 0 does not, empty: as the app is set' },
  },
  TAP_FIELD,
  {
    ...optional('encryptionAlgorithm', '加密算法', 'Encryption algorithm'),
    type: 'choice',
    choices: Object.keys(BARK_ALGORITHMS),
    hint: { zh: '与 App「推送加密」里一致；默认 AES128', en: 'as in the app’s encryption settings; AES128' },
  },
  {
    ...optional('encryptionMode', '加密模式', 'Encryption mode'),
    type: 'choice',
    choices: Object.keys(BARK_MODES),
    hint: { zh: '与 App 里一致；默认 CBC', en: 'as in the app; CBC by default' },
  },
  {
    name: 'encryptionKey',
    type: 'text',
    label: { zh: '加密密钥', en: 'Encryption key' },
    hint: {
      zh: '填了就加密推送；16、24 或 32 个字符，与 App 里一致',
      en: 'pushes are encrypted when given: 16, 24 or 32 characters, as in the app',
    },
    required: false,
    secret: true,
  },
  {
    ...optional('encryptionIv', '加密 IV', 'Encryption IV'),
    type: 'text',
    hint: { zh: '留空则每条消息随机生成（推荐）', en: 'empty: a fresh one for each push (better)' },
  },
  {
    ...optional('user', '用户名', 'User name'),
    type: 'text',
    hint: { zh: '服务器开启了 Basic 认证时填写', en: 'where the server asks for Basic authentication' },
  },
  {
    name: 'password',
    type: 'text',
    label: { zh: '密码', en: 'Password' },
    required: false,
    secret: true,
  },
  CERTIFICATE_FIELD,
];
