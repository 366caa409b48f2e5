/** The settings of the server's own accounts with outside services: WeChat, WeCom, mail, SMS. */
import type { SettingReader } from './config-reader.js';
import { SANDBOX, SANDBOX_SMS, SANDBOX_WECOM } from './config-table.js';

/** Which part of a message fills one keyword of the template. */
export interface TemplateField {
  keyword: string;
  part: 'title' | 'summary' | 'time' | 'app' | 'sender';
}

/** The official account. */
export interface WechatSettings {
  appId: string;
  appSecret: string;
  token: string;
  /** 43 characters; null in plaintext mode. */
  aesKey: string | null;
  previousAesKey: string | null;
  /** Null: where the simulator of this very server listens, known once the port is. */
  apiBase: string | null;
  mpBase: string | null;
  openBase: string | null;
  /** Null: the first template of the account that fits. */
  templateId: string | null;
  /** Empty: by the kinds of the template's keywords. */
  templateFields: readonly TemplateField[];
}

/** The server's own WeCom app. */
export interface WecomSettings {
  corpId: string;
  agentId: string;
  secret: string;
  /** Token and key of its server URL; null where members' messages are not taken. */
  token: string | null;
  aesKey: string | null;
}

/** The default mailer. */
export interface MailerSettings {
  url: string;
  from: string;
}

/** The server's own SMS account. */
export interface SmsSettings {
  accessKeyId: string;
  accessKeySecret: string;
  signName: string;
  /** The template of messages; its variable is `title`. */
  templateCode: string;
  /** The template of verification codes; its variable is `code`. Null: they go as a message's title. */
  codeTemplate: string | null;
}

const PARTS = ['title', 'summary', 'time', 'app', 'sender'] as const;
const SMS_TEMPLATE = /^SMS_\w{1,40}$/;

/** The official account, or the simulator's in the sandbox. */
export function readWechat(reader: SettingReader): WechatSettings {
  const account = reader.sandbox ? readSandboxAccount(reader) : readRealAccount(reader);
  const keys = {
    aesKey: reader.readAesKey('WECHAT_ENCODING_AES_KEY'),
    previousAesKey: reader.readAesKey('WECHAT_ENCODING_AES_KEY_PREVIOUS'),
  };
  if (keys.previousAesKey && !keys.aesKey) {
    reader.complain(
      'WECHAT_ENCODING_AES_KEY_PREVIOUS',
      '要与 WECHAT_ENCODING_AES_KEY 一起设置 must be given with WECHAT_ENCODING_AES_KEY',
    );
  }
  return {
    ...account,
    ...keys,
    apiBase: reader.readBase('WECHAT_API_BASE'),
    mpBase: reader.readBase('WECHAT_MP_BASE'),
    openBase: reader.readBase('WECHAT_OPEN_BASE'),
  };
}

type WechatAccount = Pick<WechatSettings, 'appId' | 'appSecret' | 'token' | 'templateId' | 'templateFields'>;

function readSandboxAccount(reader: SettingReader): WechatAccount {
  const names = [
    'WECHAT_APP_SECRET',
    'WECHAT_TOKEN',
    'WECHAT_TEMPLATE_ID',
    'WECHAT_TEMPLATE_FIELDS',
  ] as const;
  for (const name of names.filter(reader.isGiven)) {
    reader.complain('WECHAT_APP_ID', `要与 ${name} 一起设置 must be given with ${name}`);
  }
  return { ...SANDBOX, templateFields: readFields(reader, SANDBOX.templateFields) };
}

function readRealAccount(reader: SettingReader): WechatAccount {
  for (const name of ['WECHAT_APP_SECRET', 'WECHAT_TOKEN'] as const) {
    if (!reader.isGiven(name)) {
      reader.complain(name, '要与 WECHAT_APP_ID 一起设置 must be given with WECHAT_APP_ID');
    }
  }
  return {
    appId: reader.read('WECHAT_APP_ID'),
    appSecret: reader.read('WECHAT_APP_SECRET'),
    token: reader.read('WECHAT_TOKEN'),
    templateId: reader.read('WECHAT_TEMPLATE_ID') || null,
    templateFields: readFields(reader, reader.read('WECHAT_TEMPLATE_FIELDS')),
  };
}

function readFields(reader: SettingReader, text: string): TemplateField[] {
  return text
    .split(',')
    .filter((entry) => entry.trim() !== '')
    .map((entry) => {
      const [keyword = '', part = '', ...more] = entry.split('=').map((side) => side.trim());
      const known = PARTS.find((name) => name === part);
      if (!/^[A-Za-z_]\w*$/.test(keyword) || !known || more.length > 0) {
        reader.complain(
          'WECHAT_TEMPLATE_FIELDS',
          `"${entry}" is not keyword=part with a part of ${PARTS.join(', ')}`,
        );
      }
      return { keyword, part: known ?? 'title' };
    });
}

/** The WeCom app, or null; in the sandbox the simulator's. */
export function readWecom(reader: SettingReader): WecomSettings | null {
  const names = ['WECOM_CORP_ID', 'WECOM_AGENT_ID', 'WECOM_SECRET'] as const;
  const door = ['WECOM_TOKEN', 'WECOM_ENCODING_AES_KEY'] as const;
  const needed = door.some(reader.isGiven) ? [...names, ...door] : names;
  if (!reader.requireTogether(needed)) {
    return reader.sandbox ? { ...SANDBOX_WECOM } : null;
  }
  return {
    corpId: reader.read('WECOM_CORP_ID'),
    agentId: reader.read('WECOM_AGENT_ID'),
    secret: reader.read('WECOM_SECRET'),
    token: reader.read('WECOM_TOKEN') || null,
    aesKey: reader.readAesKey('WECOM_ENCODING_AES_KEY'),
  };
}

/** The default mailer, or null. */
export function readMailer(reader: SettingReader): MailerSettings | null {
  const url = reader.read('SMTP_URL');
  const from = reader.read('MAIL_FROM');
  if (url === '') {
    if (from !== '') {
      reader.complain('SMTP_URL', '要与 MAIL_FROM 一起设置 must be given with MAIL_FROM');
    }
    return null;
  }
  if (!/^smtps?:\/\/\S+$/.test(url)) {
    reader.complain('SMTP_URL', '应为 smtp 或 smtps 地址 must be an smtp or smtps address');
  }
  if (from === '') {
    reader.complain('MAIL_FROM', '要与 SMTP_URL 一起设置 must be given with SMTP_URL');
  }
  return { url, from };
}

/** The SMS account, or null; in the sandbox the simulator's. */
export function readSms(reader: SettingReader): SmsSettings | null {
  const names = ['SMS_ACCESS_KEY_ID', 'SMS_ACCESS_KEY_SECRET', 'SMS_SIGN_NAME', 'SMS_TEMPLATE_CODE'] as const;
  if (!reader.requireTogether(names, ['SMS_CODE_TEMPLATE'])) {
    return reader.sandbox ? { ...SANDBOX_SMS } : null;
  }
  for (const name of ['SMS_TEMPLATE_CODE', 'SMS_CODE_TEMPLATE'] as const) {
    if (reader.isGiven(name) && !SMS_TEMPLATE.test(reader.read(name))) {
      reader.complain(name, '应为模板编号，如 SMS_123456789 must be a template code such as SMS_123456789');
    }
  }
  return {
    accessKeyId: reader.read('SMS_ACCESS_KEY_ID'),
    accessKeySecret: reader.read('SMS_ACCESS_KEY_SECRET'),
    signName: reader.read('SMS_SIGN_NAME'),
    templateCode: reader.read('SMS_TEMPLATE_CODE'),
    codeTemplate: reader.read('SMS_CODE_TEMPLATE') || null,
  };
}
