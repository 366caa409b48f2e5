/** The account's profile sheet: who it is, following or leaving it, and the notices it may send. Loaded when first opened. */
import { drawFacts, leave } from './account-facts.js';
import { isRefused, refuseTemplate, setFollowing } from './actions.js';
import { accountAvatar, both, h } from './dom.js';
import { openSheet } from './sheets.js';
import { currentPerson, state } from './state.js';

const KINDS = {
  service: ['服务号（模拟）', 'Service account, simulated'],
  subscription: ['订阅号（模拟）', 'Subscription account, simulated'],
  sandbox: ['测试号（模拟）', 'Sandbox account, simulated'],
};

/** Opens the sheet for the person who holds the phone. */
export function openProfile({ reportErrors }) {
  const account = state.account ?? {};
  const following = Boolean(currentPerson()?.following);
  const close = openSheet({
    title: ['公众号资料', 'Account'],
    content: [
      h(
        'div',
        { class: 'profile-head' },
        accountAvatar('large'),
        h(
          'div',
          {},
          h('strong', {}, account.name ?? ''),
          h('p', { class: 'hint' }, both(...(KINDS[account.kind] ?? KINDS.service))),
        ),
      ),
      drawFacts(account),
      drawTemplates(account.templates ?? [], reportErrors),
      h(
        'button',
        {
          type: 'button',
          class: following ? 'button danger' : 'button primary',
          on: {
            click: () => {
              close();
              reportErrors(() => (following ? leave() : setFollowing(true)));
            },
          },
        },
        following ? both('取消关注', 'Unfollow') : both('关注公众号', 'Follow'),
      ),
    ],
  });
}

function drawTemplates(templates, reportErrors) {
  const rows = templates.map(({ templateId, title }) => {
    const button = h('button', { type: 'button', class: 'button small' });
    const redraw = () => {
      const isOff = isRefused(templateId);
      button.setAttribute('aria-label', `${isOff ? '恢复接收' : '拒收'} ${title}`);
      button.replaceChildren(isOff ? both('恢复接收', 'Allow') : both('拒收', 'Refuse'));
    };
    button.addEventListener('click', () =>
      reportErrors(async () => {
        await refuseTemplate(templateId, !isRefused(templateId));
        redraw();
      }),
    );
    redraw();
    const name = h('span', {}, title, h('small', { class: 'template-id' }, templateId));
    return h('li', {}, name, button);
  });
  return rows.length > 0
    ? h('div', { class: 'notices' }, h('h3', {}, both('通知', 'Notices')), h('ul', {}, rows))
    : null;
}
