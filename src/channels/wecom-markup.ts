/** WeCom's two ways to write: texts with `<a>` links, and a Markdown of headings, bold, links, code, quotes and three colours. */
import type { Tone } from './color-tone.js';
import type { Markup } from './markup.js';
import { disarmElements } from './message-text.js';

const FONT_COLORS: Readonly<Record<Tone, string>> = { alert: 'warning', good: 'info', dim: 'comment' };

/** App messages of type text: shown by the WeCom client and inside WeChat. */
export const WECOM_TEXT: Markup = {
  lineEnd: '\n',
  blankLine: '\n\n',
  link: (label, url) => `<a href="${url}">${label}</a>`,
  disarm: disarmElements,
};

/** Messages of type markdown: no pictures, tables or lists; shown by the WeCom client only. */
export const WECOM_MARKDOWN: Markup = {
  lineEnd: '\n',
  blankLine: '\n\n',
  bold: (text) => `**${text}**`,
  code: (text) => `\`${text}\``,
  tone: (tone, text) => `<font color="${FONT_COLORS[tone]}">${text}</font>`,
  heading: (level, text) => `${'#'.repeat(level)} ${text}`,
  link: (label, url) => `[${label}](${url})`,
  disarm: disarmElements,
};
