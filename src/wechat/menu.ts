/** The account's menu: its buttons say the chat's own words. */
import { VERBS, type Verb } from './sayings.js';

/** A button: with `children` it opens a sub-menu, else its type says what a tap does. */
export interface MenuButton {
  /** At most 16 bytes on the bar, 60 in a sub-menu (the platform's limits). */
  name: string;
  type?: 'click' | 'view';
  key?: string;
  url?: string;
  children?: MenuButton[];
}

/** The three buttons of the bar. */
export interface Menu {
  buttons: MenuButton[];
}

const KEY_PREFIX = 'QN_';

/** The menu that works on any server. */
export const MENU: Menu = {
  buttons: [
    {
      name: '我的',
      children: [
        click('我的订阅 Subscriptions', 'subs'),
        click('我的UID My UID', 'uid'),
        click('我的密钥 My keys', 'keys'),
      ],
    },
    {
      name: '收消息',
      children: [click('暂停接收 Pause', 'pause'), click('恢复接收 Resume', 'resume')],
    },
    click('帮助', 'help'),
  ],
};

/** The menu with the ways to a follower's own pages and to the server's start page. `publicUrl` has no trailing slash. */
export function buildMenu(publicUrl: string): Menu {
  const help = MENU.buttons.slice(-1).map((button) => ({ ...button, name: '帮助 Help' }));
  const more = {
    name: '更多',
    children: [
      ...help,
      view('我的消息 My messages', `${publicUrl}/me/enter?next=/me/messages`),
      view('网站 Website', `${publicUrl}/`),
    ],
  };
  return { buttons: [...MENU.buttons.slice(0, -1), more] };
}

/** The verb behind a button's key, or null for keys of another menu. */
export function verbOfKey(key: string): Verb | null {
  return VERBS.find((verb) => KEY_PREFIX + verb.toUpperCase() === key) ?? null;
}

function view(name: string, url: string): MenuButton {
  return { name, type: 'view', url };
}

function click(name: string, verb: Verb): MenuButton {
  return { name, type: 'click', key: KEY_PREFIX + verb.toUpperCase() };
}
