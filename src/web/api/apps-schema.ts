/** What goes into the calls about apps and what comes out. */
import { z } from 'zod';
import { APP_LIMITS } from '#src/core/apps.js';
import { idField, moment, ratherTwice, smallId } from './schema.js';

/** The core counts characters as code points, as JSON Schema does; here the limits are only told. */
const text = (maxLength: number) => z.string().meta({ maxLength });

/** The forms in which callbacks are written: a dialect's, or our own. */
const CALLBACK_STYLES = ['wxpusher', 'pushplus', 'native'] as const;

const texts = {
  callbackUrl: text(1000).describe('接收回调的地址；空为不接收 Where callbacks go; empty for none'),
  callbackStyle: z
    .enum(CALLBACK_STYLES)
    .describe('回调的格式；native 见 webhooks 一节 The form of callbacks; `native` is under webhooks'),
  callbackCompletions: z
    .boolean()
    .describe(
      '每条消息结束时回调，wxpusher 格式没有 Call back at the end of every message; not in the form of wxpusher',
    ),
  description: text(APP_LIMITS.description),
  contact: text(APP_LIMITS.contact),
  followTip: text(APP_LIMITS.followTip).describe('关注后的提示 What new subscribers are told'),
  settingUrl: text(APP_LIMITS.settingUrl).describe("用户的设置页 The app's setting page for its users"),
  settingSecret: text(APP_LIMITS.settingSecret).describe('设置页签名密钥 The key that signs its links'),
  ratherTwice,
};

/** A new app. */
export const appCreation = z.object({ name: text(APP_LIMITS.name), ...z.object(texts).partial().shape });

/** What to change of an app; an empty text clears. */
export const appChange = appCreation.partial();

/** `/apps/{id}` */
export const appParams = z.object({ id: smallId });

/** How often an app may send; what is left out does not limit. */
export const appQuota = z.object({
  callsPerTenSeconds: z.int().min(1).max(1_000_000).optional(),
  callsPerDay: z.int().min(1).max(1_000_000_000).optional(),
});

/** A QR code: what its picture encodes. */
export const qrcodeFields = z.object({
  qrcodeUrl: z.string(),
  qrcodeExpiresAt: moment
    .nullable()
    .describe(
      '到期时间；到期前这里会换成新的。null：可打印的永久二维码 When it ends, and another stands here in time; null: permanent, for print',
    ),
});

/** Whose printable code is wanted. */
export const printableAsk = z.object({
  topicId: smallId.optional().describe('主题；不给就是应用 A topic; without it the app'),
});

/** A new app as its creator sees it, once. */
export const createdApp = z.object({
  id: idField,
  name: z.string(),
  appToken: z.string(),
  callbackSecret: z.string(),
  qrcodeUrl: z.string(),
  subscribeUrl: z.string(),
});

/** An app in a list. */
export const appSummary = z.object({
  id: idField,
  name: z.string(),
  description: z.string(),
  contact: z.string(),
  followTip: z.string(),
  settingUrl: z.string(),
  ratherTwice: z.boolean(),
  hasSettingSecret: z.boolean(),
  subscribeUrl: z.string(),
  createdAt: moment,
});

/** An app with its endpoint and its QR code. */
export const appDetail = appSummary.extend({ callbackUrl: z.string(), ...qrcodeFields.shape });

/** A replaced token. */
export const replacedToken = z.object({ id: idField, appToken: z.string() });
