/** One's own messages: searched, and read from the newest to the oldest. */
import type { MeDeps, MeDesk } from './index.js';
import { MESSAGES_WORDS } from './messages-words.js';

const TAKE = 20;
const SEARCH_MAX = 100;

/** Mounts GET /me/messages. */
export function mountMessages(desk: MeDesk, { core }: MeDeps): void {
  const { get } = desk.pages(MESSAGES_WORDS);
  get('/me/messages', async ({ visitor, query, t, show }) => {
    const search = query('q').slice(0, SEARCH_MAX);
    const asked = Number(query('before'));
    const before = Number.isSafeInteger(asked) && asked > 0 ? { before: asked } : {};
    const list = await core.receivedMessages.listMine(visitor.personId, { search, take: TAKE, ...before });
    show({
      template: 'messages',
      title: t('heading'),
      values: { list, search, isFirst: !('before' in before), days: await core.retention.readOnlyDays() },
    });
  });
}
