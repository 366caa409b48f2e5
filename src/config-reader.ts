/** Reads single settings by their form; what is wrong with one is noted, not thrown, so that all of it is said at once. */
import { SETTINGS } from './config-table.js';
import { toPlainName } from './lib/host-names.js';
import { findNearMisses } from './lib/near-misses.js';
import { createOutgoingProxy, type OutgoingProxy } from './lib/outgoing-proxy.js';
import { isBaseUrl, isHost, isPort, readKey32 } from './lib/setting-forms.js';

/** The name of a setting. */
export type SettingName = keyof typeof SETTINGS;

/** Where settings come from. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The readers of one environment. */
export type SettingReader = ReturnType<typeof createSettingReader>;

/** By convention this one has no case. */
const OTHER_NAMES: Readonly<Partial<Record<SettingName, string>>> = { NO_PROXY: 'no_proxy' };

/** Makes the readers. Names that are nearly a setting's are the first problems. */
export function createSettingReader(env: Environment) {
  const problems = findNearMisses(env, [...Object.keys(SETTINGS), ...Object.values(OTHER_NAMES)]);
  const read = (name: SettingName): string =>
    env[name]?.trim() || env[OTHER_NAMES[name] ?? '']?.trim() || SETTINGS[name][0];
  const isGiven = (name: SettingName): boolean => read(name) !== '';
  const sandbox = !isGiven('WECHAT_APP_ID');

  function complain(name: SettingName, text: string): void {
    problems.push(`${name}: ${text}`);
  }

  /** Complains of each of these that is missing, if any of them or of `others` is given; returns whether one is. */
  function requireTogether(names: readonly SettingName[], others: readonly SettingName[] = []): boolean {
    const [first] = [...names, ...others].filter(isGiven);
    for (const name of first === undefined ? [] : names) {
      if (!isGiven(name)) {
        complain(name, `要与 ${first} 一起设置 must be given with ${first}`);
      }
    }
    return first !== undefined;
  }

  function readPort(name: SettingName): number {
    const text = read(name);
    if (!isPort(text)) {
      complain(name, '应为端口，0 到 65535 must be a port number, 0..65535');
    }
    return Number(text);
  }

  function readCount(name: SettingName, most: number): number {
    const text = read(name);
    if (!/^\d{1,12}$/.test(text) || Number(text) > most) {
      complain(name, `应为数字，0 到 ${most} must be a number, 0..${most}`);
    }
    return Number(text);
  }

  function readHost(name: SettingName, fallback: string): string {
    const host = read(name) || fallback;
    if (!isHost(host)) {
      complain(name, '应为 IP 地址或主机名，不带端口 must be an IP address or a host name, without a port');
    }
    return host;
  }

  /** Host names by commas, as they are compared. */
  function readHosts(name: SettingName): string[] {
    const names = read(name).split(',').map(toPlainName);
    const given = names.filter((one) => one !== '');
    if (!given.every(isHost)) {
      complain(
        name,
        '应为主机名或 IP，逗号分隔，不带协议、端口和星号 must be host names or IP addresses by commas, without ports and stars',
      );
    }
    return given;
  }

  /** Where to write to, as security.txt wants it (RFC 9116 section 2.5.3); null where there is none. */
  function readContact(name: SettingName): string | null {
    const contact = read(name);
    if (contact !== '' && !/^(?:https:\/\/|mailto:[^\s@]+@|tel:\+?\d)[^\s]+$/.test(contact)) {
      complain(name, '应为 mailto:、https: 或 tel: 地址 must be a mailto:, https: or tel: address');
    }
    return contact === '' ? null : contact;
  }

  function readUrl(name: SettingName): string | null {
    const value = read(name).replace(/\/+$/, '');
    if (value !== '' && !isBaseUrl(value)) {
      complain(name, '应为 http 或 https 地址，不带查询 must be an http or https address without a query');
    }
    return value === '' ? null : value;
  }

  /** In the sandbox a base that is not set is the simulator's: null. */
  function readBase(name: SettingName): string | null {
    return sandbox && !env[name]?.trim() ? null : readUrl(name);
  }

  /** A proxy, whose address may hold a user and password; null where there is none. */
  function readProxy(name: SettingName, exceptions: SettingName): OutgoingProxy | null {
    const value = read(name).replace(/\/+$/, '');
    const isProxy = /^https?:\/\/[^\s/?#]+$/.test(value) && URL.canParse(value);
    if (value !== '' && !isProxy) {
      complain(
        name,
        '应为 http://主机:端口 或 https://主机:端口，要认证的加上 用户:密码@ must be http://host:port or https://host:port, with user:password@ where it asks for them',
      );
    }
    return isProxy ? createOutgoingProxy(value, read(exceptions)) : null;
  }

  function readFlag(name: SettingName, fallback: boolean): boolean {
    const value = read(name).toLowerCase();
    if (!['', 'true', 'false', '1', '0'].includes(value)) {
      complain(name, '应为 true 或 false must be true or false');
    }
    return value === '' ? fallback : value === 'true' || value === '1';
  }

  function readChoice<T extends string>(name: SettingName, choices: readonly [T, ...T[]]): T {
    const value = read(name);
    const found = choices.find((choice) => choice === value);
    if (!found) {
      complain(name, `应为其中之一 must be one of ${choices.join(', ')}`);
    }
    return found ?? choices[0];
  }

  function readSecretKey(name: SettingName): Buffer | null {
    const text = read(name);
    const key = text === '' ? null : readKey32(text);
    if (text !== '' && !key) {
      complain(name, '应为 base64 的 32 字节 must be 32 bytes in base64 (openssl rand -base64 32)');
    }
    return key;
  }

  /** A platform's message key, 43 characters; null where there is none. */
  function readAesKey(name: SettingName): string | null {
    const key = read(name);
    if (key !== '' && !/^[A-Za-z0-9+/]{43}$/.test(key)) {
      complain(name, '应为 43 个 base64 字符 must be 43 characters of base64');
    }
    return key === '' ? null : key;
  }

  return {
    problems,
    /** No official account is configured. */
    sandbox,
    read,
    isGiven,
    complain,
    requireTogether,
    readPort,
    readCount,
    readHost,
    readHosts,
    readContact,
    readUrl,
    readBase,
    readProxy,
    readFlag,
    readChoice,
    readSecretKey,
    readAesKey,
  };
}
