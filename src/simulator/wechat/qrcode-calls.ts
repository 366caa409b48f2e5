/** Making scene QR codes. The picture itself is served by `showqrcode`. */
import { countCodePoints } from '#src/lib/text.js';
import { type CallInput, isRecord, textIn, type WechatCalls } from './calls.js';
import { Refusal } from './errors.js';

const MAX_EXPIRE_SECONDS = 2_592_000;
/** What older documents promise for a temporary code without expire_seconds. */
const DEFAULT_EXPIRE_SECONDS = 30;
const MAX_SCENE_CHARACTERS = 64;
const MAX_SCENE_ID = 4_294_967_295;
const MAX_PERMANENT_SCENE_ID = 100_000;

/** qrcode/create. */
export const qrcodeCalls: WechatCalls = {
  '/cgi-bin/qrcode/create': { method: 'POST', isServiceOnly: true, run: createCode },
};

function createCode({ state, body }: CallInput): object {
  const action = textIn(body, 'action_name');
  const info = body.action_info;
  if (!isRecord(info) || !isRecord(info.scene)) {
    throw new Refusal(40053);
  }
  const scene = readScene(action, info.scene);
  if (action.startsWith('QR_LIMIT_')) {
    const code = state.codes.add(scene, null);
    if (!code) {
      throw new Refusal(45029);
    }
    return { ticket: code.ticket, url: code.url };
  }
  const seconds = readExpiry(body.expire_seconds);
  const code = state.codes.add(scene, state.world.clock.now() + seconds * 1000);
  return { ticket: code?.ticket, expire_seconds: seconds, url: code?.url };
}

function readScene(action: string, scene: Readonly<Record<string, unknown>>): string | number {
  switch (action) {
    case 'QR_SCENE':
      return readTemporaryId(scene.scene_id);
    case 'QR_STR_SCENE':
      return readSceneText(scene.scene_str);
    case 'QR_LIMIT_SCENE':
      return readPermanentId(scene.scene_id);
    case 'QR_LIMIT_STR_SCENE':
      return readPermanentText(scene.scene_str);
    default:
      throw new Refusal(40053);
  }
}

/** Developers report that a number out of range becomes the largest one without a word. */
function readTemporaryId(id: unknown): number {
  if (typeof id !== 'number') {
    throw new Refusal(40053);
  }
  return Number.isInteger(id) && id >= 1 && id <= MAX_SCENE_ID ? id : MAX_SCENE_ID;
}

function readPermanentId(id: unknown): number {
  if (typeof id !== 'number' || !Number.isInteger(id) || id < 1 || id > MAX_PERMANENT_SCENE_ID) {
    throw new Refusal(40053);
  }
  return id;
}

/** Developers report that the length of a temporary scene is not checked. */
function readSceneText(text: unknown): string {
  if (typeof text !== 'string' || text === '') {
    throw new Refusal(40053);
  }
  return text;
}

function readPermanentText(text: unknown): string {
  const scene = readSceneText(text);
  if (countCodePoints(scene) > MAX_SCENE_CHARACTERS) {
    throw new Refusal(40053);
  }
  return scene;
}

function readExpiry(seconds: unknown): number {
  if (seconds === undefined) {
    return DEFAULT_EXPIRE_SECONDS;
  }
  if (
    typeof seconds !== 'number' ||
    !Number.isInteger(seconds) ||
    seconds < 1 ||
    seconds > MAX_EXPIRE_SECONDS
  ) {
    throw new Refusal(40053);
  }
  return seconds;
}
