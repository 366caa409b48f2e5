/** Every setting there is, its name, its default and what it is for; and what stands in for them in the sandbox. */
import { LOG_LEVELS } from './lib/logger.js';

/** Every name, its default and what it is for; the README's table says the same. */
export const SETTINGS = {
  PORT: ['8080', 'HTTP port; 0 picks a free one'],
  HOST: ['', 'address to listen on; 127.0.0.1 in the sandbox, else 0.0.0.0'],
  PUBLIC_URL: ['', 'where people reach this server; http://localhost:PORT'],
  TRUST_PROXY: ['0', 'reverse proxies in front; callers are known by what they forward'],
  DATA_DIR: ['./data', 'database, secret key and stored files'],
  DATABASE_URL: ['', 'file: path of the SQLite file; DATA_DIR/qingniao.db'],
  SECRET_KEY: ['', '32 bytes, base64; made once and kept in DATA_DIR/secret.key'],
  SECRET_KEY_PREVIOUS: ['', 'the key before the last change, while npm run rotate-key reseals'],
  ADMIN_TOKEN: ['', 'bearer token of the management API; at least 24 characters on a live server'],
  ALLOWED_HOSTS: [
    '',
    'further host names that people may ask for, by commas; loopback and PUBLIC_URL always are',
  ],
  SANDBOX_ANYWHERE: ['', 'yes lets the sandbox listen beyond this machine'],
  MAX_WRONG_KEYS: ['60', 'wrong tokens, keys and codes from one address within ten minutes; 0: any number'],
  SECURITY_CONTACT: [
    '',
    'mailto: or https: address for who finds a weakness; /.well-known/security.txt tells it',
  ],
  DEMO_PAGE: ['', 'whether strangers may try /demo; true in the sandbox'],
  NOTIFY_PAGE: ['', 'whether strangers may make codes on /notify; true in the sandbox'],
  MIN_FREE_MB: ['512', 'with less free disk nothing more is taken in; 0: never refused'],
  MAX_BACKLOG: ['5000000', 'so much may wait before messages are refused with 503; 0: any number'],
  BACKUP_HOURS: ['0', 'a backup so often, in hours; 0: only when somebody makes one'],
  BACKUP_KEEP: ['10', 'so many backups are kept; the oldest go'],
  ERASE_AFTER_DAYS: ['30', 'a person’s data go so many days after they unfollow; 0: at once'],
  ROLE: ['all', 'all, api or worker'],
  WECHAT_APP_ID: ['', 'official account; none means sandbox'],
  WECHAT_APP_SECRET: ['', 'its secret'],
  WECHAT_TOKEN: ['', 'its server token'],
  WECHAT_ENCODING_AES_KEY: ['', 'its message key; set for safe and compatible mode'],
  WECHAT_ENCODING_AES_KEY_PREVIOUS: ['', 'the message key before the last change'],
  WECHAT_API_BASE: ['https://api.weixin.qq.com', 'where its calls go'],
  WECHAT_MP_BASE: ['https://mp.weixin.qq.com', 'where its QR pictures are'],
  WECHAT_OPEN_BASE: ['https://open.weixin.qq.com', 'where people sign in'],
  WECHAT_TEMPLATE_ID: ['', 'the template that carries messages'],
  WECHAT_TEMPLATE_FIELDS: ['', 'how message parts fill its keywords'],
  WECOM_CORP_ID: ['', 'WeCom'],
  WECOM_AGENT_ID: ['', 'WeCom'],
  WECOM_SECRET: ['', 'WeCom'],
  WECOM_TOKEN: ['', 'WeCom'],
  WECOM_ENCODING_AES_KEY: ['', 'WeCom'],
  WECOM_API_BASE: ['https://qyapi.weixin.qq.com', 'where WeCom calls go'],
  DINGTALK_BASE: ['https://oapi.dingtalk.com', 'where DingTalk calls go'],
  FEISHU_BASE: ['https://open.feishu.cn', 'where Feishu calls go'],
  SMS_BASE: ['https://dysmsapi.aliyuncs.com', 'where SMS calls go'],
  SMS_ACCESS_KEY_ID: ['', "the server's own SMS account (Aliyun)"],
  SMS_ACCESS_KEY_SECRET: ['', 'its secret'],
  SMS_SIGN_NAME: ['', 'its approved signature'],
  SMS_TEMPLATE_CODE: ['', 'the template of messages, with the variable title'],
  SMS_CODE_TEMPLATE: ['', 'the template of verification codes, with the variable code'],
  SMTP_URL: ['', 'default mailer'],
  MAIL_FROM: ['', 'default sender'],
  ALLOW_PRIVATE_TARGETS: ['', 'whether callbacks may reach private addresses; true in the sandbox'],
  OUTGOING_PROXY: ['', 'HTTP(S) proxy that requests to platforms and to addresses of users go through'],
  NO_PROXY: ['', 'hosts that are reached without it, by commas; no_proxy too'],
  SIMULATOR_SMTP_PORT: ['2525', "the simulator's mail server; 0 picks a free one"],
  LOG_LEVEL: ['info', LOG_LEVELS.join(', ')],
} as const satisfies Record<string, readonly [string, string]>;

/** The account that the simulator has when it is new; in the sandbox the server uses it. */
export const SANDBOX = {
  appId: 'wx0000000000000001',
  appSecret: 'simsecret',
  token: 'simtoken',
  templateId: 'sim-category-template',
  templateFields: 'thing1=title,thing2=summary,time3=time',
};

/** The WeCom app that the simulator has when it is new. */
export const SANDBOX_WECOM = {
  corpId: 'wwsim0000000001',
  agentId: '1000002',
  secret: 'simwecomsecret',
  token: 'simwecomtoken',
  aesKey: 'ZYXWVUTSRQPONMLKJIHGFEDCBA9876543210zyxwvuE',
};

/** The SMS account that every simulator has. */
export const SANDBOX_SMS = {
  accessKeyId: 'simkey',
  accessKeySecret: 'simsmssecret',
  signName: '青鸟',
  templateCode: 'SMS_1',
  codeTemplate: 'SMS_100',
};
