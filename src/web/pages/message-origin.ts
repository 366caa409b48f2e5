/** What a message's page tells of how it came, as the Server酱 dialect keeps it with the message. */
import { isIP } from 'node:net';

/** How a message came. */
export interface MessageOrigin {
  /** The address it was sent from; empty when it is not to be shown. */
  ip: string;
  tags: string[];
  /** Nothing but a title was sent, and the body repeats it. */
  titleOnly: boolean;
  /** What the initialisation vector of an encrypted body is made from; null: the body is not encrypted. */
  ivSeed: string | null;
  /** When the page ends, in milliseconds; Infinity: with the message. */
  keptUntil: number;
}

/** Reads it; anything that has not its type counts as absent. */
export function readOrigin(
  extras: Readonly<Record<string, Readonly<Record<string, unknown>>>> | undefined,
): MessageOrigin {
  const { ip, tags, titleOnly, encoded, ivSeed, keptUntil } = extras?.serverchan ?? {};
  return {
    ip: typeof ip === 'string' && isIP(ip) !== 0 ? ip : '',
    tags: Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string') : [],
    titleOnly: titleOnly === true,
    ivSeed: encoded === true && typeof ivSeed === 'string' ? ivSeed : null,
    keptUntil: typeof keptUntil === 'number' ? keptUntil : Number.POSITIVE_INFINITY,
  };
}
