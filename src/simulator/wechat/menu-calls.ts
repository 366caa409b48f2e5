/** The account's menu with all its limits. */
import { isHttpUrl } from '#src/lib/text.js';
import { isRecord, OK, textIn, type WechatCalls } from './calls.js';
import { Refusal } from './errors.js';

const MAX_BUTTONS = 3;
const MAX_SUB_BUTTONS = 5;
const MAX_KEY_BYTES = 128;
const MAX_URL_BYTES = 1_024;

/** What each type of button needs. */
const NEEDS: Readonly<Record<string, readonly string[]>> = {
  click: ['key'],
  view: ['url'],
  miniprogram: ['url', 'appid', 'pagepath'],
  scancode_push: ['key'],
  scancode_waitmsg: ['key'],
  pic_sysphoto: ['key'],
  pic_photo_or_album: ['key'],
  pic_weixin: ['key'],
  location_select: ['key'],
  media_id: ['media_id'],
  article_id: ['article_id'],
  article_view_limited: ['article_id'],
};

interface Level {
  maxNameBytes: number;
  codes: { type: number; name: number; key: number; url: number; domain: number };
}

/** Main and sub buttons break the same rules with different numbers. */
const MAIN: Level = {
  maxNameBytes: 16,
  codes: { type: 40017, name: 40018, key: 40019, url: 40020, domain: 40055 },
};
const SUB: Level = {
  maxNameBytes: 60,
  codes: { type: 40024, name: 40025, key: 40026, url: 40027, domain: 40054 },
};

/** menu/create, menu/get, menu/delete. */
export const menuCalls: WechatCalls = {
  '/cgi-bin/menu/create': {
    method: 'POST',
    run: ({ state, body }) => {
      state.menu = { button: readButtons(body.button) };
      state.world.live.tell('menu', {});
      return OK;
    },
  },
  '/cgi-bin/menu/get': {
    method: 'GET',
    run: ({ state }) => {
      if (!state.menu) {
        throw new Refusal(46003);
      }
      return { menu: state.menu };
    },
  },
  '/cgi-bin/menu/delete': {
    method: 'GET',
    run: ({ state }) => {
      state.menu = null;
      state.world.live.tell('menu', {});
      return OK;
    },
  },
};

type Button = Readonly<Record<string, unknown>>;

function readButtons(buttons: unknown): Button[] {
  if (!Array.isArray(buttons) || buttons.length === 0 || buttons.length > MAX_BUTTONS) {
    throw new Refusal(40016);
  }
  return buttons.map((button: unknown) => readMainButton(button));
}

function readMainButton(button: unknown): Button {
  if (!isRecord(button)) {
    throw new Refusal(47001);
  }
  const children = button.sub_button;
  if (children === undefined || (Array.isArray(children) && children.length === 0)) {
    return { ...readLeaf(button, MAIN), sub_button: [] };
  }
  if (!Array.isArray(children) || children.length > MAX_SUB_BUTTONS) {
    throw new Refusal(40023);
  }
  return { name: readName(button, MAIN), sub_button: children.map((child: unknown) => readSubButton(child)) };
}

function readSubButton(button: unknown): Button {
  if (!isRecord(button)) {
    throw new Refusal(47001);
  }
  if (Array.isArray(button.sub_button) && button.sub_button.length > 0) {
    throw new Refusal(40022);
  }
  return { ...readLeaf(button, SUB), sub_button: [] };
}

function readLeaf(button: Button, level: Level): Button {
  const name = readName(button, level);
  const type = textIn(button, 'type');
  const needs = Object.hasOwn(NEEDS, type) ? NEEDS[type] : undefined;
  if (!needs) {
    throw new Refusal(level.codes.type);
  }
  const fields = needs.map((field) => [field, readField(button, field, level)]);
  return { type, name, ...Object.fromEntries(fields) };
}

function readName(button: Button, level: Level): string {
  return readSized(textIn(button, 'name'), level.maxNameBytes, level.codes.name);
}

function readField(button: Button, field: string, { codes }: Level): string {
  const text = textIn(button, field);
  if (field !== 'url') {
    return readSized(text, MAX_KEY_BYTES, codes.key);
  }
  readSized(text, MAX_URL_BYTES, codes.url);
  if (!isHttpUrl(text)) {
    throw new Refusal(codes.domain);
  }
  return text;
}

function readSized(text: string, maxBytes: number, errcode: number): string {
  if (text === '' || Buffer.byteLength(text) > maxBytes) {
    throw new Refusal(errcode);
  }
  return text;
}
