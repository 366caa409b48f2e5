/** The words that every page may use. */

/** Keys of the common words. */
export type CommonKey = keyof typeof COMMON_WORDS;

/** Chinese first, then English. */
export const COMMON_WORDS = {
  site: ['青鸟', 'Qingniao'],
  siteLine: ['自建的微信消息推送', 'Self-hosted push to WeChat'],
  otherLanguage: ['English', '中文'],
  home: ['首页', 'Home'],
  copy: ['复制', 'Copy'],
  copied: ['已复制', 'Copied'],
  copyFailed: ['请长按复制', 'Copy by hand'],
  backHome: ['回到首页', 'Back to the start page'],
  foreign: ['这个请求不是从本站页面发出的', 'This request did not come from our page'],
  foreignText: ['请返回，刷新页面再试一次。', 'Go back, reload the page and try again.'],
  tooManyWrong: ['错的太多，请稍后再试', 'Too many wrong ones: try again later'],
} as const satisfies Record<string, readonly [string, string]>;
