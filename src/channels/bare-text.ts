/** The markup of texts that have none. */
import type { Markup } from './markup.js';
import { disarmMentions } from './message-text.js';

/** Plain texts in which an address alone can be tapped. */
export const BARE_TEXT: Markup = {
  lineEnd: '\n',
  blankLine: '\n\n',
  link: (label, url) => (label === url ? url : `${label} ${url}`),
  disarm: disarmMentions,
};
