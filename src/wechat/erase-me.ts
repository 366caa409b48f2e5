/** The word by which a follower erases their data: it is asked back once, and the answer counts for ten minutes. */
import type { Talk } from './talk.js';
import { lines } from './texts.js';

/** What the conversation remembers while the question is open: a question of no app. */
const ASKED = JSON.stringify({ text: '', appIds: [] });

/** 删除我的数据 asks; 删除我的数据确认 does it where it was asked. */
export async function eraseMe(talk: Talk, argument: string): Promise<string> {
  const { core, person, commit } = talk;
  const { personId } = person;
  const memory = await core.conversations.recall(personId);
  // Refused before it is asked, so that nobody confirms what cannot be done.
  await core.erasure.check(personId);
  if (argument === '' || memory.pending !== ASKED) {
    await core.conversations.remember(personId, { appId: memory.appId, pending: ASKED });
    commit();
    return tellQuestion(core.publicUrl, talk.canScan);
  }
  await core.erasure.erase(personId, { cause: 'self', by: { role: 'follower', personId } });
  commit();
  return ERASED;
}

function tellQuestion(publicUrl: string, canTap: boolean): string {
  const words = '删除我的数据确认';
  const tap = canTap
    ? `<a href="weixin://bizmsgmenu?msgmenucontent=${words}&msgmenuid=1">${words}</a>`
    : words;
  return lines(
    '要删除你在这里的全部数据吗？不能恢复。',
    '订阅、密钥、通道、联系方式和收到的消息都会删除，UID 不再有效；已经送到应用开发者那里的不在这里，要找他们。',
    'Erase all your data here? There is no way back: subscriptions, keys, channels, contacts and messages go, and your UID ends. What apps’ developers already have is theirs to erase.',
    `\n确定请在十分钟内回复 To go on reply within ten minutes：${tap}`,
    `先留一份 Keep a copy first: ${publicUrl}/me/data`,
  );
}

const ERASED = lines(
  '已删除你的数据，所有网页都已退出。取消关注可以停止一切往来；再发消息或再关注，就是一个新用户。',
  'Your data are erased and every page is signed out. Whatever you write from now on, you are somebody new here.',
);
