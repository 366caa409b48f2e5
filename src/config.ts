/** Reads the environment once, checks all of it, and says every problem at once. */
import { join, resolve } from 'node:path';
import { config as readDotEnv } from 'dotenv';
import {
  type MailerSettings,
  readMailer,
  readSms,
  readWechat,
  readWecom,
  type SmsSettings,
  type WechatSettings,
  type WecomSettings,
} from './config-accounts.js';
import { createSettingReader, type Environment, type SettingReader } from './config-reader.js';
import { checkSafety, readAnywhere } from './config-safety.js';
import { LOG_LEVELS, type LogLevel } from './lib/logger.js';
import type { OutgoingProxy } from './lib/outgoing-proxy.js';

export type {
  MailerSettings,
  SmsSettings,
  TemplateField,
  WechatSettings,
  WecomSettings,
} from './config-accounts.js';
export { SETTINGS } from './config-table.js';

/** Everything that can be set, checked. */
export interface Config {
  port: number;
  host: string;
  publicUrl: string | null;
  /** How many reverse proxies stand in front. */
  trustProxy: number;
  dataDir: string;
  databaseUrl: string;
  secretKey: Buffer | null;
  /** The key before it; null where none was given. */
  secretKeyPrevious: Buffer | null;
  adminToken: string | null;
  /** Further host names by which people may ask for this server. */
  allowedHosts: readonly string[];
  /** So many wrong tokens, keys and codes from one address are answered as such; 0: any number. */
  maxWrongKeys: number;
  /** Whom to tell of a weakness; null: nobody is named. */
  securityContact: string | null;
  /** The pages that anybody may use without signing in; each costs the operator's platform accounts something. */
  openPages: { demo: boolean; notify: boolean };
  /** With less free disk, in megabytes, nothing more is taken in; 0: never refused. */
  minFreeMb: number;
  /** So many deliveries and messages may wait before more are refused; 0: any number. */
  maxBacklog: number;
  /** Backups by the clock: how often, 0 for never, and how many are kept. */
  backups: { everyHours: number; keep: number };
  /** So many days after a person has left their data are erased; 0: at once. */
  eraseAfterDays: number;
  role: 'all' | 'api' | 'worker';
  /** No official account is configured: the simulator stands in. */
  sandbox: boolean;
  wechat: WechatSettings;
  /** The server's own WeCom app; null where there is none. */
  wecom: WecomSettings | null;
  /** Where the calls of other platforms go; null: the simulator of this very server. */
  bases: { wecom: string | null; dingtalk: string | null; feishu: string | null; sms: string | null };
  /** The default mailer; null where there is none. */
  mailer: MailerSettings | null;
  /** The server's own SMS account; null where there is none. */
  sms: SmsSettings | null;
  allowPrivateTargets: boolean;
  /** What requests to the outside go through; null: nothing. */
  proxy: OutgoingProxy | null;
  simulatorSmtpPort: number;
  logLevel: LogLevel;
}

/** Nobody has more; a list this long is somebody else's. */
const MAX_PROXIES = 10;
const MOST_BACKUP_HOURS = 24 * 365;
const MOST_BACKUPS = 1000;
const MOST_FREE_MB = 100_000_000;
const MOST_DAYS = 3650;
const MOST_BACKLOG = 1_000_000_000;
const MOST_WRONG_KEYS = 1_000_000;

/** The settings are wrong; one line a problem, each naming its variable. */
export class ConfigError extends Error {
  override name = 'ConfigError';
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

/** Reads `.env` and the process environment; the environment wins. Throws ConfigError. */
export function loadConfig(): Config {
  const file = readDotEnv({ quiet: true, processEnv: {} }).parsed ?? {};
  return parseConfig({ ...file, ...process.env });
}

/** Checks an environment. Throws ConfigError with every problem. */
export function parseConfig(env: Environment): Config {
  const reader = createSettingReader(env);
  const { sandbox } = reader;
  const dataDir = resolve(reader.read('DATA_DIR'));
  const anywhere = readAnywhere(reader);
  const config: Config = {
    port: reader.readPort('PORT'),
    host: reader.readHost('HOST', sandbox ? '127.0.0.1' : '0.0.0.0'),
    publicUrl: reader.readUrl('PUBLIC_URL'),
    trustProxy: reader.readCount('TRUST_PROXY', MAX_PROXIES),
    dataDir,
    databaseUrl: reader.read('DATABASE_URL') || `file:${join(dataDir, 'qingniao.db')}`,
    secretKey: reader.readSecretKey('SECRET_KEY'),
    secretKeyPrevious: reader.readSecretKey('SECRET_KEY_PREVIOUS'),
    adminToken: reader.read('ADMIN_TOKEN') || null,
    allowedHosts: reader.readHosts('ALLOWED_HOSTS'),
    maxWrongKeys: reader.readCount('MAX_WRONG_KEYS', MOST_WRONG_KEYS),
    securityContact: reader.readContact('SECURITY_CONTACT'),
    openPages: {
      demo: reader.readFlag('DEMO_PAGE', sandbox),
      notify: reader.readFlag('NOTIFY_PAGE', sandbox),
    },
    minFreeMb: reader.readCount('MIN_FREE_MB', MOST_FREE_MB),
    maxBacklog: reader.readCount('MAX_BACKLOG', MOST_BACKLOG),
    backups: {
      everyHours: reader.readCount('BACKUP_HOURS', MOST_BACKUP_HOURS),
      keep: Math.max(1, reader.readCount('BACKUP_KEEP', MOST_BACKUPS)),
    },
    eraseAfterDays: reader.readCount('ERASE_AFTER_DAYS', MOST_DAYS),
    role: reader.readChoice('ROLE', ['all', 'api', 'worker']),
    sandbox,
    wechat: readWechat(reader),
    wecom: readWecom(reader),
    bases: {
      wecom: reader.readBase('WECOM_API_BASE'),
      dingtalk: reader.readBase('DINGTALK_BASE'),
      feishu: reader.readBase('FEISHU_BASE'),
      sms: reader.readBase('SMS_BASE'),
    },
    mailer: readMailer(reader),
    sms: readSms(reader),
    allowPrivateTargets: reader.readFlag('ALLOW_PRIVATE_TARGETS', sandbox && !anywhere),
    proxy: reader.readProxy('OUTGOING_PROXY', 'NO_PROXY'),
    simulatorSmtpPort: reader.readPort('SIMULATOR_SMTP_PORT'),
    logLevel: reader.readChoice('LOG_LEVEL', LOG_LEVELS),
  };
  checkDatabase(reader, config);
  checkSafety(reader, { ...config, anywhere });
  if (reader.problems.length > 0) {
    throw new ConfigError(reader.problems);
  }
  return Object.freeze(config);
}

/** What database, secret key and role ask of each other. */
function checkDatabase(reader: SettingReader, { databaseUrl, secretKey, role }: Config): void {
  if (!/^(file:.|postgres(ql)?:\/\/.)/.test(databaseUrl)) {
    reader.complain(
      'DATABASE_URL',
      '应以 file: 或 postgresql:// 开头 must start with file: or postgresql://',
    );
  }
  if (databaseUrl.startsWith('postgres') && !secretKey) {
    reader.complain(
      'SECRET_KEY',
      '用 PostgreSQL 时要设置，各进程同一把 must be given with PostgreSQL, since every process needs the same one',
    );
  }
  if (role === 'worker' && databaseUrl.startsWith('file:')) {
    reader.complain(
      'ROLE',
      'worker 要用 PostgreSQL，SQLite 只给一个进程用 worker needs PostgreSQL: one SQLite file serves one process (all or api)',
    );
  }
}
