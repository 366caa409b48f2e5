/** Draws an ntfy message as one that is good on other channels too; ntfy itself gets it as it came. */
import type { PersonDraft } from '#src/dialects/person-push.js';
import type { Reading } from './message.js';

const URGENT = 5;

/** The message: tags, the attachment and the buttons that open an address stand under the text; all goes along for ntfy. */
export function toDraft({ message, sendAt, isCached, below }: Reading): PersonDraft {
  const { title, priority, tags = [], click, icon, actions = [], attachment, sequence_id } = message;
  const isMarkdown = message.content_type !== undefined;
  const notes = [
    tags.length > 0 ? `标签 Tags: ${tags.join(', ')}` : '',
    attachment ? `附件 Attachment: ${attachment.url}` : '',
    ...actions.flatMap(({ action, label, url }) => (action === 'view' ? `${label}: ${url}` : [])),
  ].filter((note) => note !== '');
  const said = [message.message, ...below].filter((part) => part !== '').join('\n\n');
  const given = {
    // ntfy shows all of them by itself.
    ...(notes.length > 0 ? { message: said } : {}),
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
    title,
    body: [said, notes.join(isMarkdown ? '\n\n' : '\n')].filter((part) => part !== '').join('\n\n'),
    format: isMarkdown ? 'markdown' : 'text',
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
