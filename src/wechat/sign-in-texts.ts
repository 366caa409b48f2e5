/** What the chat says about signing in to the web pages: Chinese first, then English. */
import type { AccountRole } from '#src/core/accounts.js';
import type { SignInAnswer, SignInQuestion } from '#src/core/sign-in.js';
import { type EndedCounts, tellEnded } from '#src/core/sign-outs.js';
import { nameBrowser } from '#src/lib/user-agent.js';
import { lines } from './texts.js';

/** The code on a sign-in page was scanned by somebody else before. */
export const SIGN_IN_TAKEN = lines(
  '这个登录码已被别人扫过，没有登录。请刷新网页，扫新的二维码。',
  'Somebody else scanned this sign-in code first; you are not signed in. Reload the page and scan the new code.',
);

/** The code on a sign-in page is too old, or its question is. */
export const SIGN_IN_EXPIRED = lines(
  '登录码已过期，没有登录。请刷新网页，扫新的二维码。',
  'This sign-in code has expired; nobody is signed in. Reload the page and scan the new code.',
);

/** An answer to a question that nobody asked. */
export const SIGN_IN_NONE = lines('现在没有等你确认的登录。', 'No sign-in waits for your answer.');

/** An answer with the number of another question. */
export const SIGN_IN_OTHER_NUMBER = lines(
  '数字和刚才问的不一样，没有登录。请看网页上的数字。',
  'That is not the number of the question, so nobody is signed in. Look at the number on the page.',
);

const SIGN_OUT_HINT = lines(
  '若非本人操作，请立即回复「退出登录」，所有网页都会退出。',
  'Not you? Reply “sign out” now to end it everywhere.',
);

/** After an answer. `tooLate`: the browser is in already. */
export const SIGN_IN_ANSWERED: Readonly<Record<SignInAnswer | 'tooLate', string>> = {
  confirm: lines('已确认，网页已登录 Confirmed: signed in on the web', `\n${SIGN_OUT_HINT}`),
  reject: lines('已拒绝，网页没有登录。', 'Refused: nobody is signed in.'),
  tooLate: lines('网页已经登录了。', 'The page is signed in already.', `\n${SIGN_OUT_HINT}`),
};

const ROLES: Readonly<Record<AccountRole | 'follower', readonly [zh: string, en: string]>> = {
  operator: ['管理员，可以管理整个服务器', 'operator: may manage the whole server'],
  developer: ['开发者，可以管理你的应用', 'developer: may manage your apps'],
  follower: ['用户，可以看你的消息和密钥', 'user: may see your messages and keys'],
};

/** Asks whether a browser may come in. `canTap`: the platform sends a tapped word as if it were typed. */
export function tellQuestion(
  question: SignInQuestion & { role: AccountRole | 'follower'; pageUrl: string; canTap: boolean },
): string {
  const { number, role, pageUrl, canTap } = question;
  const browser = nameBrowser(question.userAgent) || '未知浏览器 unknown browser';
  const tap = (words: string): string =>
    canTap ? `<a href="weixin://bizmsgmenu?msgmenucontent=${words}&msgmenuid=${number}">${words}</a>` : words;
  return lines(
    '有网页要以你的身份登录 A page wants to sign in as you',
    `浏览器 Browser：${browser} · ${question.address}`,
    `身份 Role：${ROLES[role][0]} (${ROLES[role][1]})`,
    `网页上的数字是 ${number} 吗？Does the page show ${number}?`,
    `\n是我，数字一样：${tap(`确认登录${number}`)}，或回复 1`,
    `不是我：${tap('拒绝登录')}，或回复 2`,
    `Yes: reply 1. Not you, or another number: reply 2. Or by buttons: ${pageUrl}`,
    '\n别人发来的登录码不要确认。3 分钟内有效。Never confirm a code that somebody sent you. 3 minutes.',
  );
}

/** After the word that signs out. */
export function tellSignedOut(ended: EndedCounts): string {
  const told = tellEnded(ended);
  if (told.zh === '') {
    return lines('现在没有网页登录。', 'No browser is signed in.');
  }
  return lines(
    `已结束：${told.zh}。`,
    `Ended: ${told.en}.`,
    '\n若有陌生人登录过，你原有的密钥也可能被看到：请在网页「我的密钥」里更换；有应用的也换 appToken，看看回调、通道和账户。',
    'If a stranger was in, they may have seen your older keys: replace those too, and app tokens; look at callbacks, channels and accounts.',
  );
}
