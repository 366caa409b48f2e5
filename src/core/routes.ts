/** Routes: where a person's messages go first, and where when that fails. */
import type { Db } from '#src/store/open.js';
import type { RouteStep } from './types.js';

/** Which of the server's own platforms know a person. */
export interface KnownBy {
  wechat: boolean;
  wecom: boolean;
}

/**
 * The route is kept with the person, so that a broadcast reads it in the same statement as the person. Call it after a
 * change of the person's channels, and when a platform of the server's own meets them.
 */
export async function storeRoute(db: Db, personId: number): Promise<void> {
  const where = { personId: BigInt(personId) };
  const [rows, names] = await Promise.all([
    db.channelConfig.findMany({ where }),
    db.identity.findMany({ where, select: { platform: true } }),
  ]);
  const isKnownBy = (platform: string): boolean => names.some((name) => name.platform === platform);
  const route = buildRoute(rows, { wechat: isKnownBy('wechat'), wecom: isKnownBy('wecom') });
  await db.person.update({ where: { id: where.personId }, data: { route } });
}

/**
 * The route as stored: empty for people who have WeChat and nothing else. First the default, then the chain in its order;
 * where no other channel is the default WeChat leads, or the WeCom app for members whom WeChat never met: their messages
 * must not wait in WeChat's queue.
 */
export function buildRoute(
  rows: readonly { id: number; kind: string; queue: string; isDefault: boolean; fallback: number | null }[],
  knownBy: KnownBy,
): string {
  const toStep = (row: { id: number; kind: string; queue: string }): RouteStep => ({
    channel: row.kind,
    queue: row.queue,
    configId: row.id,
  });
  const first = rows.find((row) => row.isDefault);
  const chain = rows
    .filter((row) => row.fallback !== null && row !== first)
    .sort((a, b) => (a.fallback ?? 0) - (b.fallback ?? 0));
  const wecom: RouteStep[] = knownBy.wecom ? [WECOM] : [];
  const own = knownBy.wecom && !knownBy.wechat ? wecom : [WECHAT, ...wecom];
  const steps = [...(first ? [toStep(first)] : own), ...chain.map(toStep)];
  return steps.length === 1 && steps[0] === WECHAT ? '' : JSON.stringify(steps);
}

/** The steps of a stored route. */
export function parseRoute(route: string): RouteStep[] {
  // Only buildRoute writes it.
  return route === '' ? [WECHAT] : (JSON.parse(route) as RouteStep[]);
}

const WECHAT: RouteStep = { channel: 'wechat', queue: 'wechat', configId: null };
const WECOM: RouteStep = { channel: 'wecom-app', queue: 'wecom-app:server', configId: null };
