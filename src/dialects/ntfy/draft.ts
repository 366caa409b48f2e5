/** Draws an ntfy message as one that is good on other channels too; ntfy itself gets it as it came. */
import { MESSAGE_LIMITS } from '#src/core/publish.js';
import type { PersonDraft } from '#src/dialects/person-push.js';
import { emojiOf } from '#src/lib/emoji.js';
import { startOfPlainText } from '#src/lib/text.js';
import type { NtfyAction } from './actions.js';
import type { Reading } from './message.js';

const URGENT = 5;
/** Emoji before a title; more would leave no room for its words. */
const MAX_EMOJI = 5;

/**
 * The message. The first tags that are short codes of emoji stand before the title, as ntfy draws them, or before the text
 * where there is no title; other tags, the attachment and the buttons stand under the text, and not on the
 * card. All goes along for ntfy.
 */
export function toDraft({ message, sendAt, isCached, below }: Reading): PersonDraft {
  const { title, priority, tags = [], click, icon, actions = [], attachment, sequence_id } = message;
  const isMarkdown = message.content_type !== undefined;
  const format = isMarkdown ? 'markdown' : 'text';
  const drawn = tags.filter((tag) => emojiOf(tag) !== undefined).slice(0, MAX_EMOJI);
  const emoji = drawn.map(emojiOf).join(' ');
  const words = tags.filter((tag) => !drawn.includes(tag));
  const notes = [
    words.length > 0 ? `标签 Tags: ${words.join(', ')}` : '',
    attachment ? `附件 Attachment: ${attachment.url}` : '',
    ...actions.map(nameButton),
  ].filter((note) => note !== '');
  const said = [message.message, ...below].filter((part) => part !== '').join('\n\n');
  // Behind an emoji on its line a heading would be none.
  const shown = title || emoji === '' ? said : `${emoji}${isMarkdown ? '\n\n' : ' '}${said}`;
  const given = {
    // ntfy shows all of them by itself.
    ...(notes.length > 0 || shown !== said ? { message: said } : {}),
    ...(title && emoji !== '' ? { title } : {}),
    priority,
    ...(tags.length > 0 ? { tags } : {}),
    click,
    icon,
    ...(actions.length > 0 ? { actions: actions.map(({ id: _ours, ...action }) => action) } : {}),
    ...(attachment ? { attach: attachment.url, filename: attachment.name } : {}),
    ...(isCached ? {} : { cache: 'no' }),
    ...(isMarkdown ? { markdown: true } : {}),
    sequence_id,
  };
  return {
    source: 'ntfy',
    title: title && emoji !== '' ? `${emoji} ${title}` : title,
    ...(notes.length > 0 ? { summary: startOfPlainText(shown, format, MESSAGE_LIMITS.summary) } : {}),
    body: [shown, notes.join(isMarkdown ? '\n\n' : '\n')].filter((part) => part !== '').join('\n\n'),
    format,
    link: click,
    isUrgent: priority === URGENT,
    extras: {
      ntfy: Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
      // Bark replaces a notification by the id that its sender gave.
      ...(sequence_id === undefined ? {} : { bark: { id: sequence_id } }),
    },
    ...(sendAt ? { sendAt } : {}),
  };
}

/** A button as a line: what it opens or copies; of others that they are there, since only ntfy's app can press them. */
function nameButton({ action, label, url, value }: NtfyAction): string {
  switch (action) {
    case 'view':
      return `${label}: ${url}`;
    case 'copy':
      return `${label}: ${typeof value === 'string' ? value : ''}`;
    default:
      return `按钮 Button: ${label}（只能在 ntfy App 里按 works in the ntfy app only）`;
  }
}
