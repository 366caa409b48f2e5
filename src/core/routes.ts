/** Routes: where a person's messages go first, and where when that fails. */
import type { RouteStep } from './types.js';

/**
 * The route as stored: empty for people who have WeChat and nothing else. First the default, then the chain in its order;
 * WeChat leads where no other channel is the default.
 */
export function buildRoute(
  rows: readonly { id: number; kind: string; queue: string; isDefault: boolean; fallback: number | null }[],
  isWecomMember: boolean,
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
  const wechat: RouteStep = { channel: 'wechat', queue: 'wechat', configId: null };
  const wecom: RouteStep[] = isWecomMember
    ? [{ channel: 'wecom-app', queue: 'wecom-app:server', configId: null }]
    : [];
  const steps = first ? [toStep(first), ...chain.map(toStep)] : [wechat, ...wecom, ...chain.map(toStep)];
  return steps.length === 1 && steps[0] === wechat ? '' : JSON.stringify(steps);
}
