/** The public face of the WeChat door. */
export { createWechatDoor, type WechatDoorNeeds } from './door.js';
export { buildMenu, MENU, type Menu, type MenuButton } from './menu.js';
export type { WechatDoor } from './server-url.js';
export type { DoorSettings } from './verify.js';
export { createWecomDoor, type WecomDoorNeeds, type WecomDoorSettings } from './wecom/door.js';
