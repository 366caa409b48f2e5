/** Sends what somebody pushes by a person's own key, where the foreign service has limits and links that ours has not. */
import type { Core } from '#src/core/index.js';
import type { KeyOwner } from '#src/core/keys.js';
import { MESSAGE_LIMITS } from '#src/core/publish.js';
import type { Format, MessageExtras, Published } from '#src/core/types.js';
import { countCodePoints, isHttpUrl, takeCodePoints } from '#src/lib/text.js';
import { fitBody, fitTitle } from './fit-texts.js';

/** The most of an address that is shown as text. */
const LONGEST_FOOT = 4_000;

/** A push before it is fitted to the domain's limits. */
export interface PersonDraft {
  /** The dialect's name. */
  source: string;
  /** Any length; what is cut off the title stands in the body. */
  title?: string;
  /** The text of cards where the body's own start would make a poor one; within its limit. */
  summary?: string;
  /** Never blank; what is too long is cut, with a mark. */
  body: string;
  format: Format;
  /** An address of any scheme: what no browser opens is shown as text. */
  link?: string;
  /** Passes quiet hours. */
  isUrgent?: boolean;
  extras?: MessageExtras;
  /** Codes or kinds of channel; absent: each person's own route. */
  channels?: readonly string[];
  sendAt?: Date;
  /** A later message of the same sequence takes the place of this one. */
  sequence?: string;
}

/**
 * Publishes to the people whom the keys stand for, each once however many of their keys are named. The first is the sender.
 * Throws AppError content_empty for a blank body, and rate_limited where a key calls too often.
 */
export async function publishToPeople(
  core: Core,
  owners: readonly [KeyOwner, ...KeyOwner[]],
  draft: PersonDraft,
): Promise<Published> {
  await core.keyPace.countCall(owners.map((owner) => owner.keyId));
  const people = [...new Map(owners.map((owner) => [owner.personId, owner])).values()];
  const { source, isUrgent, extras, channels, sendAt, sequence } = draft;
  return core.publish({
    appId: null,
    senderId: owners[0].personId,
    source,
    ...fitTexts(draft),
    audience: { people: people.map((owner) => owner.personId), topics: [] },
    targets: people.map(({ uid }) => ({ uid })),
    priority: isUrgent ? 1 : 0,
    ...(extras ? { extras } : {}),
    ...(channels ? { channels } : {}),
    ...(sendAt ? { sendAt } : {}),
    ...(sequence === undefined ? {} : { sequence }),
  });
}

/** Half surrogate pairs and NULs are in no database's text; JSON can carry both. */
export function toStorable(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd').replaceAll('\u0000', '\ufffd');
}

function fitTexts({ title = '', summary = '', body, link = '', format }: PersonDraft) {
  const fitted = fitTitle({ title: toStorable(title), body: toStorable(body), format });
  const address = toStorable(link).trim();
  const isUrl = isHttpUrl(address) && address.length <= MESSAGE_LIMITS.url;
  const foot = isUrl || address === '' ? '' : `\n\n链接 Link: ${takeCodePoints(address, LONGEST_FOOT, '…')}`;
  return {
    ...(fitted.title === '' ? {} : { title: fitted.title }),
    ...(summary === '' ? {} : { summary: toStorable(summary) }),
    body: fitBody(fitted.body, MESSAGE_LIMITS.body - countCodePoints(foot)) + foot,
    format: fitted.format,
    ...(isUrl ? { url: address } : {}),
  };
}
