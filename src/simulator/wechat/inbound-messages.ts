/** The kinds of messages a person can send, and the fields with which WeChat pushes each. */
import { z } from 'zod';
import { randomText } from '#src/lib/ids.js';
import type { XmlFields } from '#src/lib/xml.js';
import type { WechatState } from './wechat-state.js';

const content = z.string().min(1).max(100_000);
const short = z.string().max(2_000);

/** The message's id, where it shall not be one of its own: the platform's debugging page gives all its messages one. */
const msgId = z
  .string()
  .regex(/^\d{1,20}$/)
  .optional();

/** `{content}` is a text; `{type, ...}` any kind. */
export const messageSchema = z.union([
  z.strictObject({ msgId, type: z.literal('text').optional(), content }),
  z.strictObject({ msgId, type: z.enum(['image', 'video', 'shortvideo']) }),
  z.strictObject({ msgId, type: z.literal('voice'), recognition: short.optional() }),
  z.strictObject({
    msgId,
    type: z.literal('location'),
    latitude: z.number().optional(),
    longitude: z.number().optional(),
    label: short.optional(),
  }),
  z.strictObject({ msgId, type: z.literal('link'), title: short, description: short.optional(), url: short }),
]);

/** The push fields from MsgType on, and what stands in the person's own chat. */
export function describeMessage(
  state: WechatState,
  message: z.output<typeof messageSchema>,
): { own: XmlFields; shown: string } {
  const mediaId = randomText(64);
  switch (message.type) {
    case undefined:
    case 'text':
      return { own: { MsgType: 'text', Content: message.content }, shown: message.content };
    case 'image': {
      const PicUrl = `${state.world.settings.publicUrl}/phone/bird.svg`;
      return { own: { MsgType: 'image', PicUrl, MediaId: mediaId }, shown: '[图片]' };
    }
    case 'voice': {
      const heard: XmlFields = message.recognition === undefined ? {} : { Recognition: message.recognition };
      const own = { MsgType: 'voice', MediaId: mediaId, Format: 'amr', MediaId16K: randomText(64), ...heard };
      return { own, shown: `[语音] ${message.recognition ?? ''}`.trim() };
    }
    case 'video':
    case 'shortvideo':
      return {
        own: { MsgType: message.type, MediaId: mediaId, ThumbMediaId: randomText(64) },
        shown: '[视频]',
      };
    case 'location': {
      const { latitude = 39.908722, longitude = 116.397499, label = '北京市东城区' } = message;
      const place = { Location_X: String(latitude), Location_Y: String(longitude), Scale: 15, Label: label };
      return { own: { MsgType: 'location', ...place }, shown: `[位置] ${label}` };
    }
    case 'link': {
      const { title, description = '', url } = message;
      return {
        own: { MsgType: 'link', Title: title, Description: description, Url: url },
        shown: `[链接] ${title}`,
      };
    }
  }
}
