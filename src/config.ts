/** Reads the environment once, checks all of it, and says every problem at once. */
import { join, resolve } from 'node:path';
import { config as readDotEnv } from 'dotenv';
import { SANDBOX, SANDBOX_WECOM, SETTINGS } from './config-table.js';
import { LOG_LEVELS, type LogLevel } from './lib/logger.js';
import { findNearMisses } from './lib/near-misses.js';
import { isBaseUrl, isHost, isPort, readKey32 } from './lib/setting-forms.js';

export { SETTINGS } from './config-table.js';

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
  /** The server's own WeCom app; null where there is none. */
  wecom: WecomSettings | null;
  /** Where the calls of other platforms go; null: the simulator of this very server. */
  bases: { wecom: string | null; dingtalk: string | null; feishu: string | null; sms: string | null };
  /** The default mailer; null where there is none. */
  mailer: { url: string; from: string } | null;
  allowPrivateTargets: boolean;
  simulatorSmtpPort: number;
  logLevel: LogLevel;
}

type Name = keyof typeof SETTINGS;
type Environment = Readonly<Record<string, string | undefined>>;

/** The settings are wrong; one line a problem, each naming its variable. */
export class ConfigError extends Error {
  override name = 'ConfigError';
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

const PARTS = ['title', 'summary', 'time', 'app', 'sender'] as const;

/** Reads `.env` and the process environment; the environment wins. Throws ConfigError. */
export function loadConfig(): Config {
  const file = readDotEnv({ quiet: true, processEnv: {} }).parsed ?? {};
  return parseConfig({ ...file, ...process.env });
}

/** Checks an environment. Throws ConfigError with every problem. */
export function parseConfig(env: Environment): Config {
  const problems = findNearMisses(env, Object.keys(SETTINGS));
  const read = (name: Name): string => env[name]?.trim() || SETTINGS[name][0];
  const complain = (name: Name, text: string): void => {
    problems.push(`${name}: ${text}`);
  };
  const sandbox = read('WECHAT_APP_ID') === '';
  const dataDir = resolve(read('DATA_DIR'));
  const config: Config = {
    port: readPort('PORT'),
    host: readHost(sandbox ? '127.0.0.1' : '0.0.0.0'),
    publicUrl: readUrl('PUBLIC_URL'),
    dataDir,
    databaseUrl: read('DATABASE_URL') || `file:${join(dataDir, 'qingniao.db')}`,
    secretKey: readSecretKey(),
    adminToken: read('ADMIN_TOKEN') || null,
    role: readChoice('ROLE', ['all', 'api', 'worker'] as const),
    sandbox,
    wechat: sandbox ? sandboxAccount() : realAccount(),
    wecom: readWecom(),
    bases: {
      wecom: readBase('WECOM_API_BASE'),
      dingtalk: readBase('DINGTALK_BASE'),
      feishu: readBase('FEISHU_BASE'),
      sms: readBase('SMS_BASE'),
    },
    mailer: readMailer(),
    allowPrivateTargets: readFlag('ALLOW_PRIVATE_TARGETS', sandbox),
    simulatorSmtpPort: readPort('SIMULATOR_SMTP_PORT'),
    logLevel: readChoice('LOG_LEVEL', LOG_LEVELS),
  };
  if (!/^(file:.|postgres(ql)?:\/\/.)/.test(config.databaseUrl)) {
    complain('DATABASE_URL', 'must start with file: or postgresql://');
  }
  if (config.databaseUrl.startsWith('postgres') && !config.secretKey) {
    complain('SECRET_KEY', 'must be given with PostgreSQL, since every process needs the same one');
  }
  if (config.role === 'worker' && config.databaseUrl.startsWith('file:')) {
    complain('ROLE', 'worker needs PostgreSQL: one SQLite file serves one process (all or api)');
  }
  if (config.wechat.previousAesKey && !config.wechat.aesKey) {
    complain('WECHAT_ENCODING_AES_KEY_PREVIOUS', 'must be given with WECHAT_ENCODING_AES_KEY');
  }
  if (problems.length > 0) {
    throw new ConfigError(problems);
  }
  return Object.freeze(config);

  function readPort(name: Name): number {
    const text = read(name);
    if (!isPort(text)) {
      complain(name, 'must be a port number, 0..65535');
    }
    return Number(text);
  }

  function readHost(fallback: string): string {
    const host = read('HOST') || fallback;
    if (!isHost(host)) {
      complain('HOST', 'must be an IP address or a host name, without a port');
    }
    return host;
  }

  function readUrl(name: Name): string | null {
    const value = read(name).replace(/\/+$/, '');
    if (value !== '' && !isBaseUrl(value)) {
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
    const key = text === '' ? null : readKey32(text);
    if (text !== '' && !key) {
      complain('SECRET_KEY', 'must be 32 bytes in base64 (openssl rand -base64 32)');
    }
    return key;
  }

  function readAesKey(name: Name): string | null {
    const key = read(name);
    if (key !== '' && !/^[A-Za-z0-9+/]{43}$/.test(key)) {
      complain(name, 'must be 43 characters of base64');
    }
    return key === '' ? null : key;
  }

  /** In the sandbox a base that is not set is the simulator's. */
  function readBase(name: Name): string | null {
    return sandbox && !env[name]?.trim() ? null : readUrl(name);
  }

  function readWecom(): WecomSettings | null {
    const names = ['WECOM_CORP_ID', 'WECOM_AGENT_ID', 'WECOM_SECRET'] as const;
    const door = ['WECOM_TOKEN', 'WECOM_ENCODING_AES_KEY'] as const;
    const isGiven = (name: Name): boolean => read(name) !== '';
    const given = [...names, ...door].filter(isGiven);
    if (given.length === 0) {
      return sandbox ? { ...SANDBOX_WECOM } : null;
    }
    for (const name of door.some(isGiven) ? [...names, ...door] : names) {
      if (!isGiven(name)) {
        complain(name, `must be given with ${given[0]}`);
      }
    }
    return {
      corpId: read('WECOM_CORP_ID'),
      agentId: read('WECOM_AGENT_ID'),
      secret: read('WECOM_SECRET'),
      token: read('WECOM_TOKEN') || null,
      aesKey: readAesKey('WECOM_ENCODING_AES_KEY'),
    };
  }

  function readMailer(): { url: string; from: string } | null {
    const url = read('SMTP_URL');
    const from = read('MAIL_FROM');
    if (url === '') {
      return null;
    }
    if (!/^smtps?:\/\/\S+$/.test(url)) {
      complain('SMTP_URL', 'must be an smtp or smtps address');
    }
    if (from === '') {
      complain('MAIL_FROM', 'must be given with SMTP_URL');
    }
    return { url, from };
  }

  function sandboxAccount(): WechatSettings {
    const names = [
      'WECHAT_APP_SECRET',
      'WECHAT_TOKEN',
      'WECHAT_TEMPLATE_ID',
      'WECHAT_TEMPLATE_FIELDS',
    ] as const;
    for (const name of names) {
      if (read(name) !== '') {
        complain('WECHAT_APP_ID', `must be given with ${name}`);
      }
    }
    return {
      ...SANDBOX,
      aesKey: readAesKey('WECHAT_ENCODING_AES_KEY'),
      previousAesKey: readAesKey('WECHAT_ENCODING_AES_KEY_PREVIOUS'),
      apiBase: readBase('WECHAT_API_BASE'),
      mpBase: readBase('WECHAT_MP_BASE'),
      openBase: readBase('WECHAT_OPEN_BASE'),
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
        const [keyword = '', part = '', ...more] = entry.split('=').map((side) => side.trim());
        const known = PARTS.find((name) => name === part);
        if (!/^[A-Za-z_]\w*$/.test(keyword) || !known || more.length > 0) {
          complain(
            'WECHAT_TEMPLATE_FIELDS',
            `"${entry}" is not keyword=part with a part of ${PARTS.join(', ')}`,
          );
        }
        return { keyword, part: known ?? 'title' };
      });
  }
}
