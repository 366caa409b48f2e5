/** Translates the account's menu between our words and the platform's fields. */
import type { WechatMenu, WechatMenuButton } from './types.js';

/** The body of menu/create. */
export function toMenuFields(menu: WechatMenu): object {
  return { button: menu.buttons.map(toButtonFields) };
}

/** The menu in the answer of menu/get; parts that make no sense are left out. */
export function toMenu(fields: unknown): WechatMenu {
  return { buttons: toButtons(isRecord(fields) ? fields.button : []) };
}

function toButtonFields(button: WechatMenuButton): object {
  const { name, type, key, url, appId, pagePath, mediaId, children } = button;
  return children
    ? { name, sub_button: children.map(toButtonFields) }
    : { name, type, key, url, appid: appId, pagepath: pagePath, media_id: mediaId };
}

function toButtons(fields: unknown): WechatMenuButton[] {
  return Array.isArray(fields) ? fields.filter(isRecord).map(toButton) : [];
}

function toButton(fields: Record<string, unknown>): WechatMenuButton {
  const children = toButtons(fields.sub_button);
  const button: WechatMenuButton = { name: textOf(fields.name) ?? '' };
  if (children.length > 0) {
    return { ...button, children };
  }
  const rest = {
    type: textOf(fields.type),
    key: textOf(fields.key),
    url: textOf(fields.url),
    appId: textOf(fields.appid),
    pagePath: textOf(fields.pagepath),
    mediaId: textOf(fields.media_id),
  };
  return {
    ...button,
    ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)),
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
