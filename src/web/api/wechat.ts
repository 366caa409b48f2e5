/** The call that sets up the official account itself. */
import { declareRoute, type Route } from './route.js';

/** Declares the calls about the official account. `createMenu` throws wechat_failed when WeChat refuses. */
export function declareWechatRoutes(createMenu: () => Promise<void>): Route[] {
  return [
    declareRoute({
      name: 'createMenu',
      method: 'post',
      path: '/wechat/menu',
      tag: 'wechat',
      summary: '创建公众号菜单，仅限管理员 Create the menu of the official account; operator only',
      status: 204,
      operatorOnly: true,
      errors: ['wechat_failed'],
      run: createMenu,
    }),
  ];
}
