/** Puts what the account sends into people's chats, and counts the cards that people saw. */
import type { Card } from './cards.js';
import { type ItemContent, keepItem } from './inbox.js';
import type { Person } from './people.js';
import type { WechatState } from './wechat-state.js';

/** Shows a template card. */
export function showCard(
  state: WechatState,
  person: Person,
  { card, url }: { card: Card; url: string },
): void {
  const { cards } = state;
  cards.shown += 1;
  cards.recipients.add(person.index);
  const look = [card.template.id, url, ...card.values].join('\u0001');
  if (!person.seesCardFirst(look)) {
    cards.duplicates += 1;
  }
  show(state, person, { kind: 'template', card, url });
}

/** Shows anything else that was sent by a call. */
export function show(state: WechatState, person: Person, content: ItemContent): void {
  person.inbox ??= [];
  const item = { id: state.world.nextId(), at: state.world.clock.now(), ...content };
  keepItem(person.inbox, item);
  state.world.live.tell('inbox', { openid: person.openid, id: item.id, kind: item.kind });
}
