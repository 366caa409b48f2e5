/** What the panel and the profile sheet both have: the account's technical facts, and leaving it. */
import { setFollowing } from './actions.js';
import { both, h } from './dom.js';
import { confirmSheet } from './sheets.js';

const MODES = { plain: ['明文', 'plain'], compatible: ['兼容', 'compatible'], safe: ['安全', 'safe (AES)'] };

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
