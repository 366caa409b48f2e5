/** Template cards: which fields each kind must carry and how many, and how a person sees one. Shared by app and robot. */
import { badField, isAddress, type LooseFields } from './loose-fields.js';

const CARD_TYPES = [
  'text_notice',
  'news_notice',
  'button_interaction',
  'vote_interaction',
  'multiple_interaction',
] as const;
const TASK_ID = /^[0-9A-Za-z_@-]{1,128}$/;
const MAX_ITEMS = {
  horizontal_content_list: 6,
  vertical_content_list: 4,
  jump_list: 3,
  button_list: 6,
  select_list: 3,
} as const;

type CardType = (typeof CARD_TYPES)[number];

/** A card as a person sees it. */
export interface CardLook {
  rendered: string;
  url?: string;
  /** The sender's id of an interactive card; a second card with it is refused. */
  taskId?: string;
  /** Whether the answer carries a response_code, with which the card can be changed once. */
  isInteractive: boolean;
}

/** Reads a card. Throws WecomRefusal 40058 that names the field. Texts over the advised lengths are no error. */
export function readCard(card: LooseFields): CardLook {
  const type = CARD_TYPES.find((known) => known === card.text('card_type'));
  if (!type) {
    throw badField('template_card.card_type');
  }
  for (const [name, most] of Object.entries(MAX_ITEMS)) {
    if (card.list(name).length > most) {
      throw badField(`template_card.${name} exceed max length ${most}`);
    }
  }
  checkParts(card, type);
  const hasMenu = card.has('action_menu');
  const isInteractive = hasMenu || !type.endsWith('_notice');
  const taskId = card.text('task_id');
  if ((isInteractive || taskId !== '') && !TASK_ID.test(taskId)) {
    throw badField('template_card.task_id');
  }
  const action = card.part('card_action');
  return {
    rendered: showCard(card),
    url: action.text('url') || firstUrl(card),
    taskId: taskId || undefined,
    isInteractive,
  };
}

function checkParts(card: LooseFields, type: CardType): void {
  switch (type) {
    case 'text_notice':
      if (card.part('main_title').text('title') === '' && card.text('sub_title_text') === '') {
        throw badField('template_card.main_title.title or sub_title_text');
      }
      checkAction(card);
      break;
    case 'news_notice':
      needTitle(card);
      if (!isAddress(card.part('card_image').text('url')) && !card.has('image_text_area')) {
        throw badField('template_card.card_image.url');
      }
      checkAction(card);
      break;
    case 'button_interaction':
      needTitle(card);
      checkButtons(card);
      break;
    case 'vote_interaction':
      needTitle(card);
      checkOptions(card.part('checkbox'), { name: 'checkbox', most: 20 });
      checkSubmit(card);
      break;
    case 'multiple_interaction':
      needTitle(card);
      if (card.list('select_list').length === 0) {
        throw badField('template_card.select_list');
      }
      for (const select of card.list('select_list')) {
        checkOptions(select, { name: 'select_list', most: 10 });
      }
      checkSubmit(card);
      break;
  }
}

function needTitle(card: LooseFields): void {
  if (card.part('main_title').text('title') === '') {
    throw badField('template_card.main_title.title');
  }
}

/** Notices must lead somewhere: to an address or to a mini program. */
function checkAction(card: LooseFields): void {
  const action = card.part('card_action');
  const type = action.int('type');
  const leads = (type === 1 && isAddress(action.text('url'))) || (type === 2 && action.text('appid') !== '');
  if (!leads) {
    throw badField('template_card.card_action');
  }
}

function checkButtons(card: LooseFields): void {
  const buttons = card.list('button_list');
  const isWhole = (button: LooseFields): boolean =>
    button.text('text') !== '' && (button.text('key') !== '' || isAddress(button.text('url')));
  if (buttons.length === 0 || !buttons.every(isWhole)) {
    throw badField('template_card.button_list');
  }
}

function checkOptions(select: LooseFields, { name, most }: { name: string; most: number }): void {
  const options = select.list('option_list');
  const isWhole = (option: LooseFields): boolean => option.text('id') !== '' && option.text('text') !== '';
  const isRight = options.length > 0 && options.length <= most && options.every(isWhole);
  if (select.text('question_key') === '' || !isRight) {
    throw badField(`template_card.${name}`);
  }
}

function checkSubmit(card: LooseFields): void {
  const button = card.part('submit_button');
  if (button.text('text') === '' || button.text('key') === '') {
    throw badField('template_card.submit_button');
  }
}

function firstUrl(card: LooseFields): string | undefined {
  return card
    .list('jump_list')
    .map((jump) => jump.text('url'))
    .find((url) => url !== '');
}

function showCard(card: LooseFields): string {
  const pair = (fields: LooseFields, names: readonly [string, string]): string =>
    names
      .map((name) => fields.text(name))
      .filter((text) => text !== '')
      .join(' ');
  const options = [card.part('checkbox'), ...card.list('select_list')].flatMap((select) => [
    select.text('title'),
    ...select.list('option_list').map((option) => `○ ${option.text('text')}`),
  ]);
  const buttons = [...card.list('button_list'), card.part('submit_button')]
    .map((button) => button.text('text'))
    .filter((text) => text !== '')
    .map((text) => `[${text}]`);
  return [
    card.part('source').text('desc'),
    ...['title', 'desc'].map((name) => card.part('main_title').text(name)),
    pair(card.part('emphasis_content'), ['title', 'desc']),
    card.text('sub_title_text'),
    pair(card.part('quote_area'), ['title', 'quote_text']),
    ...card.list('vertical_content_list').map((item) => pair(item, ['title', 'desc'])),
    ...card.list('horizontal_content_list').map((item) => `${item.text('keyname')}：${item.text('value')}`),
    ...options,
    ...card.list('jump_list').map((jump) => `${jump.text('title')} >`),
    buttons.join(' '),
  ]
    .filter((line) => line.trim() !== '')
    .join('\n');
}
