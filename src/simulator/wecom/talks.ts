/** The chat between a member and the app, in the WeCom client and in WeChat. */

const KEPT_ITEMS = 200;
/** What WeChat shows where it cannot draw a message. */
const PLUGIN_NOTICE = '[暂不支持此消息类型，请在企业微信中查看]';

/** Something in the chat. */
export interface WecomTalkItem {
  readonly id: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** The message's kind; `own` is what the member wrote, `reply` a passive reply. */
  readonly kind: string;
  readonly msgid?: string;
  /** What stands in the WeCom client; null after a recall. */
  rendered: string | null;
  /** What stands in WeChat, for those who use the plugin; a recall does not reach it. */
  readonly inWechat: string | null;
  readonly url?: string;
}

/** Adds to a chat and drops the oldest beyond the limit. */
export function keepTalk(talk: WecomTalkItem[], item: WecomTalkItem): void {
  talk.push(item);
  if (talk.length > KEPT_ITEMS) {
    talk.shift();
  }
}

/** What WeChat shows of a message. */
export function showInWechat(look: { rendered: string; isWecomOnly?: true }): string {
  return look.isWecomOnly ? PLUGIN_NOTICE : look.rendered;
}
