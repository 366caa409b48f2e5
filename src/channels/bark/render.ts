/** Draws a message as Bark parameters that fit into an Apple push. */

import type { ChannelSettings } from '#src/channels/channel.js';
import {
  extrasOf,
  headingOf,
  repeatsTitle,
  settingOf,
  type TapTargets,
  tapTargetsOf,
  tapUrl,
} from '#src/channels/parts.js';
import { toPlainLines } from '#src/channels/plain-lines.js';
import type { MessageContent } from '#src/core/types.js';
import { countBytes, takeMeasured } from '#src/lib/byte-cut.js';
import { cutWithPictures } from '#src/lib/picture-name.js';
import { takeCodePoints } from '#src/lib/text.js';
import { encryptBark } from './encrypt.js';
import { encryptionOf } from './settings.js';

/** A message drawn for Bark; sound, group and the like come from each channel's settings. */
export interface BarkCard {
  /** Empty where the body says the same. */
  title: string;
  body: string;
  /** The body's Markdown, which newer apps show instead; empty for other formats. */
  markdown: string;
  appName: string;
  isUrgent: boolean;
  tap: TapTargets;
  /** Bark's own parameters as the sender gave them. */
  extras: Readonly<Record<string, unknown>>;
}

/** Parameters of one push, for the JSON of `/push`, without the device key. */
export type BarkParameters = Record<string, unknown>;

/** An Apple push has 4096 bytes; the server wraps our parameters in about 200 of its own. */
const MAX_PAYLOAD_BYTES = 4096 - 256;
const MAX_TITLE_LENGTH = 200;
/** A device key belongs to the settings, never to the sender. */
const NOT_THE_SENDERS = new Set(['device_key', 'device_keys', 'devicekey', 'devicekeys', 'device_token']);

/** Draws a message, the same for all receivers. */
export function renderBark(message: MessageContent): BarkCard {
  const given = Object.entries(extrasOf(message.extras, 'bark'));
  const body = toPlainLines(message.body, message.format);
  const isRepeated = repeatsTitle(message, body);
  // Where the sender gave Bark a title of its own, that is where it stands.
  const isTitled = given.some(([name, value]) => name.toLowerCase() === 'title' && value !== '');
  return {
    title: isRepeated ? '' : takeCodePoints(headingOf(message), MAX_TITLE_LENGTH, '…'),
    body: isRepeated && isTitled ? '' : body,
    markdown: message.format === 'markdown' && !isRepeated ? message.body : '',
    appName: message.appName,
    isUrgent: message.isUrgent,
    tap: tapTargetsOf(message),
    extras: Object.fromEntries(given.filter(([name]) => !NOT_THE_SENDERS.has(name.toLowerCase()))),
  };
}

/**
 * The parameters of a push under a channel's settings. What the sender encrypted goes as it came; else the sender's own
 * parameters win over the settings, the body is cut to what an Apple push holds, and all is encrypted where the settings
 * say so. `makeIv` gives that many random characters.
 */
export function fillParameters(
  card: BarkCard,
  settings: ChannelSettings,
  makeIv: (length: number) => string,
): BarkParameters {
  if (typeof card.extras.ciphertext === 'string' && card.extras.ciphertext !== '') {
    return { ...card.extras };
  }
  const parameters = plainParameters(card, settings);
  const encryption = encryptionOf(settings);
  if (!encryption) {
    return fitTexts(parameters, sizeOfPush);
  }
  const ivLength = { CBC: 16, ECB: 0, GCM: 12 }[encryption.mode];
  const iv = ivLength === 0 ? '' : encryption.iv || makeIv(ivLength);
  const hide = (open: BarkParameters): BarkParameters => ({
    // Replacing and removing a notification is the server's work: it must see these two.
    ...pickClear(open),
    ciphertext: encryptBark(JSON.stringify(open), { ...encryption, iv }),
    ...(iv === '' ? {} : { iv }),
  });
  return hide(fitTexts(parameters, (open) => sizeOfPush(hide(open))));
}

function plainParameters(card: BarkCard, settings: ChannelSettings): BarkParameters {
  const level = settingOf(settings, 'level');
  const own = {
    title: card.title,
    body: card.body,
    markdown: card.markdown,
    url: tapUrl(card.tap, settings),
    group: settingOf(settings, 'group') || card.appName,
    sound: settingOf(settings, 'sound'),
    icon: settingOf(settings, 'icon'),
    isArchive: settingOf(settings, 'isArchive'),
    level: card.isUrgent && level !== 'critical' ? 'timeSensitive' : level,
  };
  const wanted = Object.entries(card.extras).filter(([name]) => name !== 'iv');
  // The server reads names in any case, so the sender's `isarchive` is our `isArchive`.
  const taken = new Set(wanted.map(([name]) => name.toLowerCase()));
  const set = Object.entries(own).filter(([name, value]) => value !== '' && !taken.has(name.toLowerCase()));
  return Object.fromEntries([...set, ...wanted]);
}

function pickClear(parameters: BarkParameters): BarkParameters {
  return Object.fromEntries(
    Object.entries(parameters).filter(([name]) => name === 'id' || name === 'delete'),
  );
}

/** Cuts the Markdown away and then the body, until the size is right. */
function fitTexts(parameters: BarkParameters, sizeOf: (open: BarkParameters) => number): BarkParameters {
  if (sizeOf(parameters) <= MAX_PAYLOAD_BYTES) {
    return parameters;
  }
  const { markdown: _cutAway, ...rest } = parameters;
  // A Bark sender may have given Markdown alone: then that is the text to cut.
  const name = typeof rest.body === 'string' && rest.body !== '' ? 'body' : 'markdown';
  const text = parameters[name];
  if (typeof text !== 'string') {
    return parameters;
  }
  const options = {
    max: MAX_PAYLOAD_BYTES,
    measure: (cut: string) => sizeOf({ ...rest, [name]: cut }),
    ellipsis: '…',
  };
  return { ...rest, [name]: cutWithPictures(text, (whole) => takeMeasured(whole, options)) };
}

/** The server writes JSON as Go does, which escapes these characters to six bytes each. */
function sizeOfPush(parameters: BarkParameters): number {
  const json = JSON.stringify(parameters);
  return (
    countBytes(json) +
    5 * (json.match(/[<>&]/g)?.length ?? 0) +
    3 * (json.match(/[\u2028\u2029]/g)?.length ?? 0)
  );
}
