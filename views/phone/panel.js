/** The panel beside the phone: people, tools, the account's facts and what happened lately. */
import { drawFacts, leave } from './account-facts.js';
import { addPerson, pickPerson, setFollowing } from './actions.js';
import { avatar, both, h, icon, iconButton } from './dom.js';
import { currentPerson, listen, state } from './state.js';
import { clockTime } from './times.js';

const MOST_SHOWN = 60;
const SEARCH_FROM = 9;

/** Makes the panel; `onPicked()` is called after a person was chosen, so that a drawer can close. */
export function createPanel({ openScan, reportErrors, onPicked, closePanel }) {
  return h(
    'aside',
    { class: 'panel', id: 'panel', 'aria-label': '人物与工具 People and tools' },
    h(
      'header',
      { class: 'brand' },
      h('img', { src: new URL('bird.svg', import.meta.url).pathname, alt: '', width: 44, height: 44 }),
      h('div', {}, h('h1', {}, '青鸟模拟手机'), h('p', { lang: 'en' }, 'Qingniao, a simulated phone')),
      iconButton('close', '收起 Close the panel', closePanel, { class: 'panel-close' }),
    ),
    createPeople({ reportErrors, onPicked }),
    createTools({ openScan, reportErrors, onPicked }),
    createPushes(),
    createAccountPart(),
  );
}

function createPeople({ reportErrors, onPicked }) {
  const list = h('ul', { class: 'people', 'aria-label': '人物 People' });
  const search = h('input', {
    type: 'search',
    placeholder: '找人 Find',
    'aria-label': '找人 Find a person',
    hidden: true,
  });
  const more = h('p', { class: 'hint', hidden: true });
  const redraw = () => {
    const wanted = search.value.trim().toLowerCase();
    const people = [...state.people.values()];
    const found = people.filter(({ openid, nickname }) =>
      `${nickname ?? ''} ${openid}`.toLowerCase().includes(wanted),
    );
    search.hidden = people.length < SEARCH_FROM;
    more.hidden = found.length <= MOST_SHOWN;
    more.replaceChildren(both(`还有 ${found.length - MOST_SHOWN} 人`, 'more: use the search'));
    const pick = (openid) => {
      onPicked();
      reportErrors(() => pickPerson(openid));
    };
    const focused = list.contains(document.activeElement) ? document.activeElement.title : null;
    list.replaceChildren(...putCurrentInSight(found).map((one) => drawPerson(one, pick)));
    if (focused) {
      [...list.querySelectorAll('.person')].find((row) => row.title === focused)?.focus();
    }
  };
  search.addEventListener('input', redraw);
  listen(['people', 'current'], redraw);
  return h(
    'section',
    { class: 'panel-part' },
    h('h2', {}, both('谁拿着手机', 'Who holds the phone')),
    search,
    list,
    more,
    drawAddForm(reportErrors, onPicked),
  );
}

/** At most sixty rows are drawn, however many people a load test made; the current person is always among them. */
function putCurrentInSight(found) {
  const shown = found.slice(0, MOST_SHOWN);
  const current = currentPerson();
  return current && found.includes(current) && !shown.includes(current) ? [current, ...shown] : shown;
}

function drawPerson({ openid, nickname, following }, pick) {
  const unread = state.unread.get(openid) ?? 0;
  const name = nickname || openid;
  return h(
    'li',
    {},
    h(
      'button',
      {
        type: 'button',
        class: 'person',
        'aria-pressed': String(openid === state.current),
        title: openid,
        on: { click: () => pick(openid) },
      },
      avatar(name),
      h('span', { class: 'person-name' }, name),
      unread > 0
        ? h(
            'span',
            { class: 'badge', 'aria-label': `${unread} 条未读 unread` },
            unread > 99 ? '99+' : String(unread),
          )
        : null,
      h('span', { class: following ? 'tag on' : 'tag' }, following ? '已关注' : '未关注'),
    ),
  );
}

function drawAddForm(reportErrors, onPicked) {
  const input = h('input', {
    type: 'text',
    maxlength: '32',
    required: true,
    autocomplete: 'off',
    placeholder: '昵称 Nickname',
    'aria-label': '新人物的昵称 Nickname of a new person',
  });
  const submit = (event) => {
    event.preventDefault();
    const nickname = input.value.trim();
    if (nickname) {
      input.value = '';
      onPicked();
      reportErrors(() => addPerson(nickname));
    }
  };
  const button = h('button', { class: 'button' }, icon('plus'), both('添加', 'Add'));
  return h('form', { class: 'field-row add-person', on: { submit } }, input, button);
}

function createTools({ openScan, reportErrors, onPicked }) {
  const follow = h('button', { type: 'button', class: 'button' });
  follow.addEventListener('click', () => {
    onPicked();
    reportErrors(() => (currentPerson()?.following ? leave() : setFollowing(true)));
  });
  const scan = h('button', { type: 'button', class: 'button' }, icon('scan'), both('扫一扫', 'Scan'));
  scan.addEventListener('click', () => {
    onPicked();
    openScan();
  });
  listen(['people', 'current'], () => {
    const following = Boolean(currentPerson()?.following);
    follow.classList.toggle('primary', !following);
    follow.replaceChildren(
      icon(following ? 'check' : 'plus'),
      following ? both('已关注', 'Following') : both('关注', 'Follow'),
    );
    follow.title = following ? '点按取消关注 Tap to unfollow' : '';
  });
  return h('section', { class: 'panel-part tools', 'aria-label': '工具 Tools' }, follow, scan);
}

function createPushes() {
  const list = h('ul', { class: 'pushes' });
  const part = h(
    'section',
    { class: 'panel-part', hidden: true },
    h('h2', {}, both('推给服务器的', 'Pushed to the server')),
    list,
  );
  listen(['pushes'], () => {
    part.hidden = state.pushes.length === 0;
    list.replaceChildren(
      ...state.pushes.map((push) =>
        h(
          'li',
          {},
          h('time', {}, clockTime(push.at)),
          h('span', { class: 'push-what' }, `${push.who} ${push.zh} `, h('code', {}, push.en)),
          h('span', { class: 'push-took' }, `${push.tookMs} ms`, push.tries > 1 ? ` ×${push.tries}` : ''),
          push.problem ? h('span', { class: 'push-problem' }, push.problem) : null,
        ),
      ),
    );
  });
  return part;
}

function createAccountPart() {
  const facts = h('div', {});
  const live = h('p', { class: 'live', role: 'status' });
  listen(['account'], () => facts.replaceChildren(drawFacts(state.account ?? {})));
  listen(['live'], () => {
    live.classList.toggle('on', state.live);
    live.replaceChildren(
      h('span', { class: 'dot', 'aria-hidden': 'true' }),
      state.live ? both('实时更新中', 'Live') : both('正在重新连接…', 'Reconnecting'),
    );
  });
  return h('section', { class: 'panel-part' }, h('h2', {}, both('公众号', 'Account')), facts, live);
}
