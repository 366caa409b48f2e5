/** What the WeChat client offers and needs, in our own words; the platform's field names stay inside this folder. */
import type { Clock } from '#src/lib/clock.js';
import type { Logger } from '#src/lib/logger.js';
import type { OutgoingProxy } from '#src/lib/outgoing-proxy.js';
import type { TokenStore } from '#src/platforms/token-keeper.js';

/** The official account and where its platform answers. Bases have no trailing slash and may have a path. */
export interface WechatConfig {
  appId: string;
  appSecret: string;
  /** `https://api.weixin.qq.com`, or a simulator's. */
  apiBase: string;
  /** `https://mp.weixin.qq.com`: pictures of QR codes. */
  mpBase: string;
  /** `https://open.weixin.qq.com`: sign-in pages. */
  openBase: string;
  /** For each request, and for getting a token with all its tries. Default 5,000. */
  timeoutMs?: number;
  /** What requests go through; absent: nothing. */
  proxy?: OutgoingProxy | null;
}

/** What the client is made of. */
export interface WechatDeps {
  config: WechatConfig;
  tokens: TokenStore;
  clock: Clock;
  log: Logger;
}

/** A template message. `data` is keyed by the template's keywords. */
export interface TemplateCard {
  openid: string;
  templateId: string;
  /** Where a tap leads; without it the card cannot be tapped. */
  url?: string;
  data: Record<string, { value: string }>;
  /** The same openid and id are shown once within 10 minutes, however often sent. */
  clientMsgId?: string;
}

/** A scene QR code. */
export interface QrcodeRequest {
  /** 1..64 of [A-Za-z0-9_:-]; other characters are risky on the platform. */
  scene: string;
  /** 1..2,592,000 (30 days); left out for a permanent code, of which an account has 100,000. */
  expireSeconds?: number;
}

/** One menu entry: either it has `children`, or it has a `type` with what that type needs. */
export interface WechatMenuButton {
  /** At most 16 bytes on the bar, 60 in a sub-menu. */
  name: string;
  /** `click`, `view`, `miniprogram`, `scancode_push`, ... */
  type?: string;
  key?: string;
  url?: string;
  appId?: string;
  pagePath?: string;
  mediaId?: string;
  /** 1..5 entries. */
  children?: WechatMenuButton[];
}

/** The account's menu: 1..3 entries on the bar. */
export interface WechatMenu {
  buttons: WechatMenuButton[];
}

/** A message template of the account. */
export interface WechatTemplate {
  id: string;
  title: string;
  /** With `{{keyword.DATA}}` places. */
  content: string;
  example: string;
  /** Empty for category templates (类目模板). */
  primaryIndustry: string;
  deputyIndustry: string;
}

/** A person as the account sees them. Somebody who does not follow has only `openid` and `subscribed: false`. */
export interface WechatUser {
  openid: string;
  subscribed: boolean;
  subscribedAt: Date | null;
  unionId: string | null;
  remark: string;
  /** The scene of the QR code they came by, else empty. */
  scene: string;
  /** `ADD_SCENE_QR_CODE` and the like, else empty. */
  source: string;
}

/** One page of followers, at most 10,000. */
export interface FollowerPage {
  openids: string[];
  /** Give it to the next call; null after the last page. */
  next: string | null;
  total: number;
}

/** What the platform found when it looked for our server. */
export interface CallbackCheck {
  dns: { ip: string; operator: string }[];
  /** `packageLoss` and `time` are texts such as `0%` and `23.079ms`. */
  ping: { ip: string; fromOperator: string; packageLoss: string; time: string }[];
}

/** A call's daily quota. */
export interface CallQuota {
  dailyLimit: number;
  used: number;
  remaining: number;
}

/** A sign-in page inside WeChat. */
export interface OauthRequest {
  redirectUri: string;
  /** At most 128 of [a-zA-Z0-9], or empty; comes back with the code. */
  state: string;
  /** Default `snsapi_base`: silent, openid only. */
  scope?: 'snsapi_base' | 'snsapi_userinfo';
}

/** The official account's platform. Every promise rejects with `PlatformError` when the platform or the way there fails. */
export interface WechatPlatform {
  /**
   * Queues a template message and gives its id, digit for digit (empty should the platform send none). Never tried again
   * here but for a dead token: the caller knows its schedule, and `clientMsgId` makes its retries safe.
   */
  sendTemplate(card: TemplateCard): Promise<{ msgId: string }>;
  /** Sends a customer-service message; the platform allows it only for a while after the person did something (45015). */
  sendText(openid: string, text: string): Promise<void>;
  /** Makes a scene QR code; `url` is what its picture encodes. Throws RangeError for values the platform would garble. */
  createQrcode(input: QrcodeRequest): Promise<{ ticket: string; url: string }>;
  /** The address of the platform's picture of that code. */
  qrcodePictureUrl(ticket: string): string;
  /** Replaces the account's menu. */
  createMenu(menu: WechatMenu): Promise<void>;
  /** The menu, or null when the account has none. */
  getMenu(): Promise<WechatMenu | null>;
  deleteMenu(): Promise<void>;
  listTemplates(): Promise<WechatTemplate[]>;
  /** Adds a template of the public library by its short id; category templates also need their keywords in order. */
  addTemplate(input: { shortId: string; keywords?: string[] }): Promise<{ templateId: string }>;
  deleteTemplate(templateId: string): Promise<void>;
  getUser(openid: string): Promise<WechatUser>;
  listFollowers(next?: string): Promise<FollowerPage>;
  /** The address that signs a person in inside WeChat. Throws RangeError for a state the platform would refuse. */
  oauthUrl(input: OauthRequest): string;
  /** Trades a sign-in code, once and within 5 minutes, for the person. Refuses the preview identity (is_snapshotuser). */
  exchangeOauthCode(code: string): Promise<{ openid: string }>;
  /**
   * Asks for a token past every cache, to learn whether app id, secret and this server's address are right. Ends no token:
   * where the platform gives stable tokens it is the one in use, elsewhere nothing is asked.
   */
  checkSecret(): Promise<void>;
  /** What the platform's clock says, to the second; null when its answer does not tell. */
  readTime(): Promise<Date | null>;
  /** The addresses that the platform's pushes come from. */
  callbackIps(): Promise<string[]>;
  /** Lets the platform look up and ping our server. */
  checkCallback(): Promise<CallbackCheck>;
  /** The quota of a call, such as `/cgi-bin/message/template/send`. */
  quota(cgiPath: string): Promise<CallQuota>;
  /** Resets all daily quotas; the platform allows 10 a month (48006 after). */
  clearQuota(): Promise<void>;
  /** When the token in memory dies, in milliseconds since the epoch; null before the first call. */
  tokenState(): { expiresAt: number | null };
  /** Waits for the calls under way and closes the connections. */
  close(): Promise<void>;
}
