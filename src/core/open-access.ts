/** Open access: programs that manage a person's account by keys that last two hours, had for the account's own secret. */
import { BlockList, isIP } from 'node:net';
import { equalsInConstantTime } from '#src/lib/hash.js';
import { randomText } from '#src/lib/ids.js';
import type { CoreDeps } from './deps.js';
import { AppError } from './errors.js';
import type { KeyOwner, Keys } from './keys.js';
import type { Preferences } from './preferences.js';

/** Who may have an access key. */
export interface AccessRules {
  /** What a program shows to get one. */
  secret: string;
  /** The addresses that may ask for one, each an IP or a subnet such as `10.0.0.0/8`; none: all may. */
  allowedIps: string[];
}

/** What is kept: the rules, and when their secret was made; secrets from before that was noted have no time. */
interface KeptRules extends AccessRules {
  madeAt?: number;
}

/** How long an access key works, and how long the one before still works beside a new one; in milliseconds. */
export const ACCESS_LIFE_MS = 7_200_000;
const OVERLAP_MS = 5 * 60_000;

const PREFERENCE = 'open-access';
const SECRET_LENGTH = 32;
const MAX_IPS = 50;

/** The verbs of open access. */
export type OpenAccess = ReturnType<typeof createOpenAccess>;

/** Makes the verbs of open access. */
export function createOpenAccess({ clock }: CoreDeps, means: { keys: Keys; preferences: Preferences }) {
  const { keys, preferences } = means;

  /** A person's rules, with a secret made on the first call. */
  async function getRules(personId: number): Promise<AccessRules> {
    return toRules((await readRules(personId)) ?? (await saveNew(personId, [])));
  }

  /** Makes a new secret and ends all access keys that the old one brought. */
  async function replaceSecret(personId: number): Promise<AccessRules> {
    const rules = await saveNew(personId, (await readRules(personId))?.allowedIps ?? []);
    await keys.endKeys(personId, 'access', new Date(clock.now()));
    return toRules(rules);
  }

  /** Ends a secret that was made since then: a new one takes its place, which nobody has seen. Returns how many ended. */
  async function endSecretSince(personId: number, since: Date): Promise<number> {
    const rules = await readRules(personId);
    if (!rules || (rules.madeAt ?? 0) < since.getTime()) {
      return 0;
    }
    await replaceSecret(personId);
    return 1;
  }

  /** Says which addresses may ask for an access key. Throws bad_field. */
  async function setAllowedIps(personId: number, ips: readonly string[]): Promise<AccessRules> {
    const allowedIps = [...new Set(ips.map((ip) => ip.trim()))];
    const strange = allowedIps.find((ip) => !isNet(ip));
    if (strange !== undefined || allowedIps.length > MAX_IPS) {
      const detail =
        strange === undefined ? `最多 ${MAX_IPS} 个 at most` : `不是 IP 或网段 no IP or subnet: ${strange}`;
      throw new AppError('bad_field', { field: 'allowedIps', detail });
    }
    const kept = (await readRules(personId)) ?? (await saveNew(personId, []));
    return toRules(await saveRules(personId, { ...kept, allowedIps }));
  }

  /**
   * Gives an access key for a person's secret; the one before works for five minutes more. Throws forbidden for an address
   * that may not ask, unauthorized for a wrong secret.
   */
  async function openSession(personId: number, asked: { secret: string; ip: string }): Promise<string> {
    const { secret, allowedIps } = await getRules(personId);
    if (!isAllowed(allowedIps, asked.ip)) {
      throw new AppError('forbidden');
    }
    if (!equalsInConstantTime(secret, asked.secret)) {
      throw new AppError('unauthorized');
    }
    await keys.endKeys(personId, 'access', new Date(clock.now() + OVERLAP_MS));
    const expiresAt = new Date(clock.now() + ACCESS_LIFE_MS);
    return (await keys.createKey(personId, 'access', { expiresAt })).key;
  }

  /** The person whose account an access key manages, or null. */
  function findOwner(accessKey: string): Promise<KeyOwner | null> {
    return keys.findOwner('access', accessKey);
  }

  async function readRules(personId: number): Promise<KeptRules | null> {
    // Only saveRules writes under this name.
    return (await preferences.read(personId, PREFERENCE)) as KeptRules | null;
  }

  function saveNew(personId: number, allowedIps: string[]): Promise<KeptRules> {
    return saveRules(personId, { secret: makeSecret(), allowedIps, madeAt: clock.now() });
  }

  async function saveRules(personId: number, rules: KeptRules): Promise<KeptRules> {
    await preferences.save(personId, PREFERENCE, rules);
    return rules;
  }

  return { getRules, replaceSecret, endSecretSince, setAllowedIps, openSession, findOwner };
}

function toRules({ secret, allowedIps }: KeptRules): AccessRules {
  return { secret, allowedIps };
}

function makeSecret(): string {
  return randomText(SECRET_LENGTH);
}

/** IPv4 addresses inside IPv6 ones, as sockets give them, are IPv4 addresses. */
function bareIp(ip: string): string {
  return ip.replace(/^::ffff:(?=\d+\.)/i, '');
}

function familyOf(ip: string): 'ipv4' | 'ipv6' {
  return isIP(ip) === 6 ? 'ipv6' : 'ipv4';
}

function isNet(text: string): boolean {
  const [ip = '', prefix, ...rest] = text.split('/');
  const most = familyOf(ip) === 'ipv4' ? 32 : 128;
  const isPrefix = prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= most);
  return isIP(ip) !== 0 && isPrefix && rest.length === 0 && !ip.includes('%');
}

function isAllowed(nets: readonly string[], given: string): boolean {
  const list = new BlockList();
  for (const net of nets) {
    const [ip = '', prefix] = net.split('/');
    const family = familyOf(ip);
    list.addSubnet(ip, Number(prefix ?? (family === 'ipv4' ? 32 : 128)), family);
  }
  const ip = bareIp(given);
  return nets.length === 0 || (isIP(ip) !== 0 && list.check(ip, familyOf(ip)));
}
