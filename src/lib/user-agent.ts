/** Tells from a User-Agent header which program shows our pages. */

/**
 * Whether the page is open inside WeChat's own browser on a phone or desktop, where an official account's OAuth works.
 * WeCom's browser calls itself MicroMessenger too, but signs in other people: it does not count.
 */
export function isInsideWechat(userAgent: string): boolean {
  return /\bMicroMessenger\//i.test(userAgent) && !/\bwxwork\//i.test(userAgent);
}
