/** What the error pages say, by HTTP status. */

/** Chinese first, then English. */
export const ERROR_WORDS = {
  badRequest: ['这个请求看不懂', 'This request makes no sense to us'],
  badRequestText: ['请检查链接或填写的内容。', 'Check the link, or what you filled in.'],
  forbidden: ['不能打开这个页面', 'You cannot open this page'],
  forbiddenText: ['需要登录，或者没有权限。', 'It needs a login or a permission that you do not have.'],
  notFound: ['没有这个页面', 'There is no such page'],
  notFoundText: ['链接可能写错了，或者页面已经不在了。', 'The link may be wrong, or the page is gone.'],
  tooMany: ['请求太频繁了', 'Too many requests'],
  tooManyText: ['请稍等一会儿再试。', 'Wait a moment, then try again.'],
  internal: ['出了点问题', 'Something went wrong'],
  internalText: ['是服务器的错，不是你的。请稍后再试。', 'The server failed, not you. Try again later.'],
  requestId: ['请求编号 {id}', 'Request id {id}'],
} as const satisfies Record<string, readonly [string, string]>;
