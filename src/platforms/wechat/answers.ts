/** Picks what we use out of the platform's answers; a missing piece becomes empty, never a wrong type. */
import type { WechatAnswer } from './transport.js';
import type { CallbackCheck, CallQuota, FollowerPage, WechatTemplate, WechatUser } from './types.js';

/** Text as it is, numbers as digits (ids), everything else empty. */
export function readText(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** A number, also when it came as digits; everything else 0. */
export function readNumber(value: unknown): number {
  const number = typeof value === 'string' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : 0;
}

/** The texts of a list. */
export function readTexts(value: unknown): string[] {
  return Array.isArray(value) ? value.map(readText).filter((text) => text !== '') : [];
}

/** template/get_all_private_template. */
export function toTemplates(answer: WechatAnswer): WechatTemplate[] {
  return readRecords(answer.template_list).map((fields) => ({
    id: readText(fields.template_id),
    title: readText(fields.title),
    content: readText(fields.content),
    example: readText(fields.example),
    primaryIndustry: readText(fields.primary_industry),
    deputyIndustry: readText(fields.deputy_industry),
  }));
}

/** user/info. Names and pictures are not in it since 2021-12-27. */
export function toUser(openid: string, answer: WechatAnswer): WechatUser {
  const subscribed = readNumber(answer.subscribe) === 1;
  const since = readNumber(answer.subscribe_time);
  return {
    openid,
    subscribed,
    subscribedAt: subscribed && since > 0 ? new Date(since * 1000) : null,
    unionId: readText(answer.unionid) || null,
    remark: readText(answer.remark),
    scene: readText(answer.qr_scene_str),
    source: readText(answer.subscribe_scene),
  };
}

/** user/get. The last page is an empty one, or a first one that already holds everybody. */
export function toFollowerPage(answer: WechatAnswer, isFirst: boolean): FollowerPage {
  const { data } = answer;
  const openids = isRecord(data) ? readTexts(data.openid) : [];
  const total = readNumber(answer.total);
  const isLast = openids.length === 0 || (isFirst && openids.length >= total);
  return { openids, total, next: isLast ? null : readText(answer.next_openid) || null };
}

/** callback/check. */
export function toCallbackCheck(answer: WechatAnswer): CallbackCheck {
  return {
    dns: readRecords(answer.dns).map((fields) => ({
      ip: readText(fields.ip),
      operator: readText(fields.real_operator),
    })),
    ping: readRecords(answer.ping).map((fields) => ({
      ip: readText(fields.ip),
      fromOperator: readText(fields.from_operator),
      packageLoss: readText(fields.package_loss),
      time: readText(fields.time),
    })),
  };
}

/** openapi/quota/get. */
export function toQuota(answer: WechatAnswer): CallQuota {
  const fields = isRecord(answer.quota) ? answer.quota : {};
  return {
    dailyLimit: readNumber(fields.daily_limit),
    used: readNumber(fields.used),
    remaining: readNumber(fields.remain),
  };
}

function readRecords(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
