/** What the chat says about signing in to the web pages: Chinese first, then English. */
import { nameBrowser } from '#src/lib/user-agent.js';
import { lines } from './texts.js';

/** The code on a sign-in page was scanned by somebody else before. */
export const SIGN_IN_TAKEN = lines(
  '这个登录码已被别人扫过，没有登录。请刷新网页，扫新的二维码。',
  'Somebody else scanned this sign-in code first; you are not signed in. Reload the page and scan the new code.',
);

/** The code on a sign-in page is too old. */
export const SIGN_IN_EXPIRED = lines(
  '登录码已过期，请刷新网页，扫新的二维码。',
  'This sign-in code has expired. Reload the page and scan the new code.',
);

/** Somebody is signed in to the web pages; where, as far as it is known. */
export function tellSignedIn(place: { userAgent: string; address: string } | null): string {
  const where = place ? [nameBrowser(place.userAgent), place.address].filter(Boolean).join(' · ') : '';
  return lines(
    '已登录网页 Signed in on the web',
    where,
    '\n若非本人操作，请立即回复「退出登录」，所有网页都会退出。',
    'Not you? Reply “sign out” now to end it everywhere.',
  );
}

/** After the word that signs out. */
export function tellSignedOut(ended: number): string {
  return lines(
    ended > 0 ? `已退出 ${ended} 处网页登录。` : '现在没有网页登录，刚扫过的登录码也已作废。',
    ended > 0
      ? `Signed out of ${ended} browser(s).`
      : 'No browser is signed in; a code you just scanned is void.',
  );
}
