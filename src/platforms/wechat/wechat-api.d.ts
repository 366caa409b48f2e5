/** Types of the few parts of the wechat-api package that we use; it ships none of its own. */
declare module 'wechat-api' {
  type Done<T> = (error: Error | null, answer?: T) => void;
  type Answer = Record<string, unknown>;
  interface RequestOptions {
    /** The HTTP method; GET when absent. */
    type?: string;
    data?: unknown;
    dataType?: string;
    headers?: Record<string, string>;
  }

  class WechatApi {
    constructor(appId: string, appSecret: string);
    /** Scheme, host and path that every call is built on. */
    endpoint: string;
    /** The start of picture addresses, `https://mp.weixin.qq.com/cgi-bin/` by default. */
    mpPrefix: string;
    /** Read by the methods at the moment they build their URL. */
    token: { accessToken: string };
    request: (url: string, options: RequestOptions, done: Done<Answer>) => void;
    preRequest: (method: (...args: unknown[]) => void, args: ArrayLike<unknown>) => void;

    createTmpQRCode(scene: string, expireSeconds: number, done: Done<Answer>): void;
    createLimitQRCode(scene: string, done: Done<Answer>): void;
    showQRCodeURL(encodedTicket: string): string;
    sendText(openid: string, text: string, done: Done<Answer>): void;
    createMenu(menu: object, done: Done<Answer>): void;
    getMenu(done: Done<Answer>): void;
    removeMenu(done: Done<Answer>): void;
    getAllPrivateTemplate(done: Done<Answer>): void;
    delPrivateTemplate(templateId: string, done: Done<Answer>): void;
    getUser(options: { openid: string; lang: string }, done: Done<Answer>): void;
    getFollowers(nextOpenid: string, done: Done<Answer>): void;
    getIp(done: Done<Answer>): void;
    clearQuota(appId: string, done: Done<Answer>): void;
  }
  export = WechatApi;
}
