/** Reads the environment once, checks all of it, and says every problem at once. */
import { join, resolve } from 'node:path';
import { config as readDotEnv } from 'dotenv';
import { LOG_LEVELS, type LogLevel } from './lib/logger.js';

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

/** Everything that can be set, checked. */
export interface Config {
  port: number;
  host: string;
  publicUrl: string | null;
  dataDir: string;
  databaseUrl: string;
  secretKey: Buffer | null;
  adminToken: string | null;
  role: 'all' | 'api' | 'worker';
  /** No official account is configured: the simulator stands in. */
  sandbox: boolean;
  wechat: WechatSettings;
  allowPrivateTargets: boolean;
  simulatorSmtpPort: number;
  logLevel: LogLevel;
}

/** Every name, its default and what it is for; the README's table says the same. */
export const SETTINGS = {
  PORT: ['8080', 'HTTP port; 0 picks a free one'],
  HOST: ['', 'address to listen on; 127.0.0.1 in the sandbox, else 0.0.0.0'],
  PUBLIC_URL: ['', 'where people reach this server; http://localhost:PORT'],
  DATA_DIR: ['./data', 'database, secret key and stored files'],
  DATABASE_URL: ['', 'file: path of the SQLite file; DATA_DIR/qingniao.db'],
  SECRET_KEY: ['', '32 bytes, base64; made once and kept in DATA_DIR/secret.key'],
  ADMIN_TOKEN: ['', 'bearer token of the management API'],
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
  WECOM_API_BASE: ['', 'WeCom'],
  DINGTALK_BASE: ['', 'DingTalk'],
  FEISHU_BASE: ['', 'Feishu'],
  SMS_BASE: ['', 'SMS'],
  SMTP_URL: ['', 'default mailer'],
  MAIL_FROM: ['', 'default sender'],
  ALLOW_PRIVATE_TARGETS: ['', 'whether callbacks may reach private addresses; true in the sandbox'],
  SIMULATOR_SMTP_PORT: ['2525', "the simulator's mail server; 0 picks a free one"],
  LOG_LEVEL: ['info', LOG_LEVELS.join(', ')],
} as const satisfies Record<string, readonly [string, string]>;

type Name = keyof typeof SETTINGS;
type Environment = Readonly<Record<string, string | undefined>>;

/** The settings are wrong; one line a problem, each naming its variable. */
export class ConfigError extends Error {
  override name = 'ConfigError';
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

/** The account that the simulator has when it is new; in the sandbox the server uses it. */
const SANDBOX = {
  appId: 'wx0000000000000001',
  appSecret: 'simsecret',
  token: 'simtoken',
  templateId: 'sim-category-template',
  templateFields: 'thing1=title,thing2=summary,time3=time',
};

const PARTS = ['title', 'summary', 'time', 'app', 'sender'] as const;

/** Reads `.env` and the process environment; the environment wins. Throws ConfigError. */
export function loadConfig(): Config {
  const file = readDotEnv({ quiet: true, processEnv: {} }).parsed ?? {};
  return parseConfig({ ...file, ...process.env });
}

/** Checks an environment. Throws ConfigError with every problem. */
export function parseConfig(env: Environment): Config {
  const problems = findNearMisses(env);
  const read = (name: Name): string => env[name]?.trim() || SETTINGS[name][0];
  const complain = (name: Name, text: string): void => {
    problems.push(`${name}: ${text}`);
  };
  const sandbox = read('WECHAT_APP_ID') === '';
  const dataDir = resolve(read('DATA_DIR'));
  const config: Config = {
    port: readPort('PORT'),
    host: read('HOST') || (sandbox ? '127.0.0.1' : '0.0.0.0'),
    publicUrl: readUrl('PUBLIC_URL'),
    dataDir,
    databaseUrl: read('DATABASE_URL') || `file:${join(dataDir, 'qingniao.db')}`,
    secretKey: readSecretKey(),
    adminToken: read('ADMIN_TOKEN') || null,
    role: readChoice('ROLE', ['all', 'api', 'worker'] as const),
    sandbox,
    wechat: sandbox ? sandboxAccount() : realAccount(),
    allowPrivateTargets: readFlag('ALLOW_PRIVATE_TARGETS', sandbox),
    simulatorSmtpPort: readPort('SIMULATOR_SMTP_PORT'),
    logLevel: readChoice('LOG_LEVEL', LOG_LEVELS),
  };
  if (!/^(file:|postgres(ql)?:\/\/)/.test(config.databaseUrl)) {
    complain('DATABASE_URL', 'must start with file: or postgresql://');
  }
  if (config.databaseUrl.startsWith('postgres') && !config.secretKey) {
    complain('SECRET_KEY', 'must be given with PostgreSQL, since every process needs the same one');
  }
  if (config.role === 'worker' && config.databaseUrl.startsWith('file:')) {
    complain('ROLE', 'worker needs PostgreSQL: one SQLite file serves one process (all or api)');
  }
  if (problems.length > 0) {
    throw new ConfigError(problems);
  }
  return Object.freeze(config);

  function readPort(name: Name): number {
    const port = Number(read(name));
    if (!Number.isInteger(port) || port < 0 || port > 65_535) {
      complain(name, 'must be a port number, 0..65535');
    }
    return port;
  }

  function readUrl(name: Name): string | null {
    const value = read(name).replace(/\/+$/, '');
    if (value !== '' && !/^https?:\/\/[^\s/?#]+(\/[^\s?#]*)?$/.test(value)) {
      complain(name, 'must be an http or https address without a query');
    }
    return value === '' ? null : value;
  }

  function readFlag(name: Name, fallback: boolean): boolean {
    const value = read(name).toLowerCase();
    if (!['', 'true', 'false', '1', '0'].includes(value)) {
      complain(name, 'must be true or false');
    }
    return value === '' ? fallback : value === 'true' || value === '1';
  }

  function readChoice<T extends string>(name: Name, choices: readonly T[]): T {
    const value = read(name);
    const found = choices.find((choice) => choice === value);
    if (!found) {
      complain(name, `must be one of ${choices.join(', ')}`);
    }
    return found ?? (choices[0] as T);
  }

  function readSecretKey(): Buffer | null {
    const text = read('SECRET_KEY');
    const key = Buffer.from(text, 'base64');
    if (text !== '' && key.length !== 32) {
      complain('SECRET_KEY', 'must be 32 bytes in base64 (openssl rand -base64 32)');
    }
    return text === '' ? null : key;
  }

  function readAesKey(name: Name): string | null {
    const key = read(name);
    if (key !== '' && !/^[A-Za-z0-9+/]{43}$/.test(key)) {
      complain(name, 'must be 43 characters of base64');
    }
    return key === '' ? null : key;
  }

  function sandboxAccount(): WechatSettings {
    for (const name of ['WECHAT_APP_SECRET', 'WECHAT_TOKEN', 'WECHAT_TEMPLATE_ID'] as const) {
      if (read(name) !== '') {
        complain('WECHAT_APP_ID', `must be given with ${name}`);
      }
    }
    return {
      ...SANDBOX,
      aesKey: readAesKey('WECHAT_ENCODING_AES_KEY'),
      previousAesKey: readAesKey('WECHAT_ENCODING_AES_KEY_PREVIOUS'),
      apiBase: env.WECHAT_API_BASE ? readUrl('WECHAT_API_BASE') : null,
      mpBase: env.WECHAT_MP_BASE ? readUrl('WECHAT_MP_BASE') : null,
      openBase: env.WECHAT_OPEN_BASE ? readUrl('WECHAT_OPEN_BASE') : null,
      templateFields: readFields(SANDBOX.templateFields),
    };
  }

  function realAccount(): WechatSettings {
    for (const name of ['WECHAT_APP_SECRET', 'WECHAT_TOKEN'] as const) {
      if (read(name) === '') {
        complain(name, 'must be given with WECHAT_APP_ID');
      }
    }
    return {
      appId: read('WECHAT_APP_ID'),
      appSecret: read('WECHAT_APP_SECRET'),
      token: read('WECHAT_TOKEN'),
      aesKey: readAesKey('WECHAT_ENCODING_AES_KEY'),
      previousAesKey: readAesKey('WECHAT_ENCODING_AES_KEY_PREVIOUS'),
      apiBase: readUrl('WECHAT_API_BASE'),
      mpBase: readUrl('WECHAT_MP_BASE'),
      openBase: readUrl('WECHAT_OPEN_BASE'),
      templateId: read('WECHAT_TEMPLATE_ID') || null,
      templateFields: readFields(read('WECHAT_TEMPLATE_FIELDS')),
    };
  }

  function readFields(text: string): TemplateField[] {
    return text
      .split(',')
      .filter((entry) => entry.trim() !== '')
      .map((entry) => {
        const [keyword = '', part = ''] = entry.split('=').map((side) => side.trim());
        const known = PARTS.find((name) => name === part);
        if (!/^[A-Za-z_]\w*$/.test(keyword) || !known) {
          complain(
            'WECHAT_TEMPLATE_FIELDS',
            `"${entry}" is not keyword=part with a part of ${PARTS.join(', ')}`,
          );
        }
        return { keyword, part: known ?? 'title' };
      });
  }
}

/** Names that are almost ours: a misspelt setting would otherwise be silently ignored. */
function findNearMisses(env: Environment): string[] {
  const squeeze = (name: string): string => name.replace(/[^A-Za-z0-9]/g, '').toUpperCase();
  const known = Object.keys(SETTINGS);
  return Object.keys(env).flatMap((name) => {
    if (known.includes(name) || !/^[A-Z][A-Z0-9_]+$/.test(name)) {
      return [];
    }
    const near = known.find((other) => {
      const same = squeeze(name) === squeeze(other);
      return (
        same ||
        (other.length >= 8 && isOneOrTwoEditsAway(name, other) && name.slice(0, 4) === other.slice(0, 4))
      );
    });
    return near ? [`${name}: is not a setting; did you mean ${near}?`] : [];
  });
}

function isOneOrTwoEditsAway(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 2) {
    return false;
  }
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next[j] = Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1);
    }
    row = next;
  }
  return (row[b.length] ?? 99) <= 2;
}
