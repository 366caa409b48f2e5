/** The account's profile sheet: who it is, following or leaving it, and the notices it may send. */
import { isRefused, refuseTemplate, setFollowing } from './actions.js';
import { accountAvatar, both, h } from './dom.js';
import { confirmSheet, openSheet } from './sheets.js';
import { currentPerson, state } from './state.js';

const KINDS = {
  service: ['服务号（模拟）', 'Service account, simulated'],
  subscription: ['订阅号（模拟）', 'Subscription account, simulated'],
  sandbox: ['测试号（模拟）', 'Sandbox account, simulated'],
};
const MODES = { plain: ['明文', 'plain'], compatible: ['兼容', 'compatible'], safe: ['安全', 'safe (AES)'] };

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

/** Leaves the account after a yes. */
export async function leave() {
  const agreed = await confirmSheet({
    title: ['取消关注？', 'Unfollow?'],
    text: [
      '不再收到这个公众号的消息，随时可以再关注。',
      'It can no longer reach this person until they follow again.',
    ],
    confirm: ['取消关注', 'Unfollow'],
    danger: true,
  });
  if (agreed) {
    await setFollowing(false);
  }
}

/** The account's technical facts, as a definition list. */
export function drawFacts(account) {
  const [zh, en] = MODES[account.mode] ?? [account.mode ?? '—', ''];
  const rows = [
    [['应用 ID', 'App ID'], account.appId ?? '—'],
    [['推送模式', 'Push mode'], `${zh} ${en}`],
    [['服务器地址', 'Server URL'], account.pushTo ?? '未设置 not set'],
  ];
  return h(
    'dl',
    { class: 'facts' },
    rows.map(([label, value]) => h('div', {}, h('dt', {}, both(...label)), h('dd', {}, value))),
  );
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
