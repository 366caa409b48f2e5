/** The account's menu keeps the platform's limits, and its buttons lead back to the chat's words. */
import { expect, it } from 'vitest';
import { buildMenu, MENU, type MenuButton } from '#src/wechat/index.js';
import { verbOfKey } from '#src/wechat/menu.js';

it.each([
  ['the plain menu', MENU],
  ['the menu with the website', buildMenu('https://push.example')],
])('%s keeps the limits', (_what, { buttons }) => {
  expect(buttons.length).toBeLessThanOrEqual(3);
  for (const button of buttons) {
    expect(Buffer.byteLength(button.name)).toBeLessThanOrEqual(16);
    expect(button.children?.length ?? 1).toBeLessThanOrEqual(5);
    for (const child of button.children ?? []) {
      expect(Buffer.byteLength(child.name)).toBeLessThanOrEqual(60);
    }
  }
});

it('has a verb behind every key, and none behind a foreign one', () => {
  const keys = leaves(buildMenu('https://push.example').buttons).flatMap(({ key }) => key ?? []);
  expect(keys.map(verbOfKey)).toEqual(['subs', 'uid', 'keys', 'pause', 'resume', 'help']);
  expect(verbOfKey('help')).toBeNull();
});

it('leads to the own messages and to the website', () => {
  const urls = leaves(buildMenu('https://push.example').buttons).flatMap(({ url }) => url ?? []);
  expect(urls).toEqual(['https://push.example/me/enter?next=/me/messages', 'https://push.example/']);
});

function leaves(buttons: readonly MenuButton[]): MenuButton[] {
  return buttons.flatMap((button) => button.children ?? [button]);
}
