/** What the WeCom client offers and needs. */
import type { Clock } from '#src/lib/clock.js';
import type { Logger } from '#src/lib/logger.js';
import type { OutgoingProxy } from '#src/lib/outgoing-proxy.js';
import type { TokenStore } from '#src/platforms/token-keeper.js';

/** Where WeCom answers. */
export interface WecomConfig {
  /** `https://qyapi.weixin.qq.com`, or a simulator's; may have a path. */
  apiBase: string;
  /** For each request, and for getting a token with all its tries. Default 5,000. */
  timeoutMs?: number;
  /** What requests go through; absent: nothing. */
  proxy?: OutgoingProxy | null;
}

/** What the client is made of. One client serves any number of corps. */
export interface WecomDeps {
  config: WecomConfig;
  tokens: TokenStore;
  clock: Clock;
  log: Logger;
}

/** One self-built app of one corp. */
export interface WecomCredentials {
  corpId: string;
  /** Digits. */
  agentId: string;
  secret: string;
}

/** A message in WeCom's own words, but for the app's number, which the client adds. */
export interface WecomMessage {
  /** Up to 1,000 member ids joined by `|`, or `@all`. */
  touser: string;
  msgtype: string;
  [field: string]: unknown;
}

/** WeCom took a message. Ids in the two lists got nothing; they are in lower case. */
export interface WecomSent {
  /** An opaque text. */
  msgId: string;
  /** No such member, or outside the app's visible range. */
  invalidUsers: string[];
  /** In the range, but without an interface licence. */
  unlicensedUsers: string[];
}

/** An app, as its console page shows it. */
export interface WecomAgent {
  agentId: string;
  name: string;
  isClosed: boolean;
  /** The visible range: members named one by one, and departments. */
  userIds: string[];
  departmentIds: number[];
}

/** A member. */
export interface WecomMember {
  userId: string;
  /** Empty where the app may not see it. */
  name: string;
  departmentIds: number[];
}

/** WeCom's client. Every promise rejects with `PlatformError` when WeCom or the way there fails. */
export interface WecomPlatform {
  /** Sends a message. Never tried again here but for a dead token or a request that never left. */
  sendMessage(credentials: WecomCredentials, message: WecomMessage): Promise<WecomSent>;
  /** Takes a message back; within 24 hours, in the WeCom client only. */
  recall(credentials: WecomCredentials, msgId: string): Promise<void>;
  getAgent(credentials: WecomCredentials): Promise<WecomAgent>;
  /** A member by id; 60111 or 60011 for one that does not exist or cannot be seen. */
  getUser(credentials: WecomCredentials, userId: string): Promise<WecomMember>;
  /**
   * The members whom the app can see, by id: those of the departments in its range (at most 500 departments) and those
   * named one by one. Members who are in the range by a tag alone are missing.
   */
  listMembers(credentials: WecomCredentials): Promise<WecomMember[]>;
  /**
   * Checks a form before it is saved: the secret, the app, the caller's IP, and that each receiver (`@all` or member ids)
   * can be reached. Nothing is sent to anybody. Rejects with the first thing to mend; its advice says what to do.
   */
  checkCredentials(credentials: WecomCredentials, receivers: readonly string[]): Promise<WecomAgent>;
  /** Waits for token requests under way and closes the connections. */
  close(): Promise<void>;
}
