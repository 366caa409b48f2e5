/** The public face of the WeChat door. */
export { createWechatDoor, type WechatDoor, type WechatDoorNeeds } from './door.js';
export { buildMenu, MENU, type Menu, type MenuButton } from './menu.js';
export type { DoorSettings } from './verify.js';
