/** The security settings that chat robots of several platforms share: who may call, and what the text must contain. */
import { createHmac } from 'node:crypto';
import type Koa from 'koa';
import { z } from 'zod';
import { signaturesMatch } from '#src/lib/message-crypto.js';

/** A signature is good for an hour. */
const SIGNED_WITHIN_MS = 3_600_000;

/** The settings of one robot. */
export interface RobotRules {
  /** Calls must be signed with it; null: no signature is asked for. */
  secret: string | null;
  /** One of these must stand in the message; none: anything goes. */
  keywords: readonly string[];
  /** Callers must have one of these addresses; null: anybody may call. */
  allowedIps: readonly string[] | null;
  isEnabled: boolean;
}

/** The settings as the control API takes them; what is absent stays. */
export const robotRulesSchema = {
  secret: z.string().min(1).max(200).nullable().optional(),
  keywords: z.array(z.string().min(1).max(200)).optional(),
  allowedIps: z.array(z.string()).nullable().optional(),
  isEnabled: z.boolean().optional(),
};

/** A robot that only its secret protects, or nothing. */
export function plainRules(secret: string | null = null): RobotRules {
  return { secret, keywords: [], allowedIps: null, isEnabled: true };
}

/** The caller's address in its IPv4 form where it has one. */
export function callerIp(ctx: Koa.Context): string {
  return ctx.ip.replace(/^::ffff:/, '');
}

/** Whether a keyword stands in the text, or none is asked for. */
export function hasKeyword(rules: RobotRules, text: string): boolean {
  return rules.keywords.length === 0 || rules.keywords.some((keyword) => text.includes(keyword));
}

/** Whether the caller's address is allowed. */
export function isAllowedIp(rules: RobotRules, ip: string): boolean {
  return rules.allowedIps === null || rules.allowedIps.includes(ip);
}

/** Whether a time in ms, written as digits, lies within an hour of now. */
export function isFresh(atMs: number, nowMs: number): boolean {
  return Number.isFinite(atMs) && Math.abs(nowMs - atMs) <= SIGNED_WITHIN_MS;
}

/** Whether `given` is the base64 HMAC-SHA256 of the message under the key. */
export function isSignedBy(key: string, message: string, given: string): boolean {
  return signaturesMatch(createHmac('sha256', key).update(message).digest('base64'), given);
}
