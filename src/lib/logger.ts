/** JSON-line logging with secrets removed before a line is written. */
import { type Logger as Pino, pino } from 'pino';

/** The levels of `LOG_LEVEL`, quietest last. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/** One of the levels that `LOG_LEVEL` takes. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Extra values of a log line. Keep them small and flat. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Writes one JSON line per call: `tag` names the room, `msg` is an English sentence. */
export interface Logger {
  debug(msg: string, fields?: LogFields): void;
  info(msg: string, fields?: LogFields): void;
  warn(msg: string, fields?: LogFields): void;
  /** Something that should wake somebody. */
  error(msg: string, fields?: LogFields): void;
  /** The same logger with a narrower tag and fields that go into every line. */
  child(tag: string, fields?: LogFields): Logger;
}

const SECRET_NAMES =
  /^(.*token|.*secret|.*password|authorization|cookie|aeskey|appkey|spt|sendkey|openid|body|content|key)$/i;
/** What a value of a query ends at: punctuation of a sentence in Chinese is no part of it. */
const VALUE = '[^&\\s"，。；：！？、（）「」]+';

const SECRET_VALUES: readonly [RegExp, string | ((found: string, ...parts: string[]) => string)][] = [
  [/\b(AT_|SPT_|whsec_|SCT\d+T|sctp\d+t|UID_)[A-Za-z0-9+/=_-]{6,}/g, '$1***'],
  [
    new RegExp(
      `\\b(access_token|secret|appsecret|appToken|corpsecret|key|token|openid|code|signature|sign)=${VALUE}`,
      'gi',
    ),
    '$1=***',
  ],
  [/\b(Bearer|Basic) ([A-Za-z0-9+/=._~-]+)/g, maskCredential],
];

/** Advice may name a scheme too, as in "Settings → Basic configuration": that is no base64 of `user:password` (RFC 7617). */
function maskCredential(found: string, scheme: string, value: string): string {
  const isAdvice =
    scheme === 'Basic'
      ? !Buffer.from(value, 'base64').includes(':')
      : /^(tokens?|auth|authentication|authorization)[.]?$/.test(value);
  return isAdvice ? found : `${scheme} ***`;
}

/** Removes secrets from text: tokens by their prefix, query values by their name. */
export function redactText(text: string): string {
  return SECRET_VALUES.reduce(
    (done, [pattern, mask]) =>
      typeof mask === 'string' ? done.replace(pattern, mask) : done.replace(pattern, mask),
    text,
  );
}

/** Removes secrets from a value of any shape: by field name first, then inside each text. Goes five levels deep. */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') {
    return redactText(value);
  }
  if (value instanceof Error) {
    return { name: value.name, message: redactText(value.message), stack: redactText(value.stack ?? '') };
  }
  if (value instanceof Date) {
    return Number.isNaN(value.getTime()) ? null : value.toISOString();
  }
  if (value === null || typeof value !== 'object') {
    return typeof value === 'bigint' ? String(value) : value;
  }
  if (depth >= 5) {
    return '[deep]';
  }
  if (Array.isArray(value)) {
    return value.slice(0, 20).map((item) => redact(item, depth + 1));
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name,
      SECRET_NAMES.test(name) && item !== null && item !== undefined ? '***' : redact(item, depth + 1),
    ]),
  );
}

/** Makes the root logger. `write` receives each finished line; it defaults to standard output. */
export function createLogger(level: LogLevel, write?: (line: string) => void): Logger {
  const sink: Pino = pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    write ? { write } : pino.destination({ fd: 1, sync: true }),
  );
  return wrap(sink, 'main', {});
}

function wrap(sink: Pino, tag: string, bound: LogFields): Logger {
  const line = (level: 'debug' | 'info' | 'warn' | 'error') => (msg: string, fields?: LogFields) => {
    if (sink.isLevelEnabled(level)) {
      sink[level](redact({ tag, ...bound, ...fields }) as object, redactText(msg));
    }
  };
  return {
    debug: line('debug'),
    info: line('info'),
    warn: line('warn'),
    error: line('error'),
    child: (childTag, fields = {}) => wrap(sink, childTag, { ...bound, ...fields }),
  };
}

/** A logger that writes nothing. */
export const silentLogger: Logger = createLogger('silent', () => {});
