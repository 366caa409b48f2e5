/** What the tests of an app's pages share: an app made on its page, and what it is known by. */
import type { Browser } from '#test/support/sign-in.js';

/** An app that was made on the page. */
export interface PageApp {
  id: number;
  path: string;
  token: string;
}

/** Makes an app as its developer does. */
export async function makeApp(
  browser: Browser,
  name: string,
  more: Record<string, string> = {},
): Promise<PageApp> {
  const answer = await browser.post('/console/apps', { name, ...more });
  const id = Number(/href="\/console\/apps\/(\d+)"/.exec(answer.text)?.[1]);
  const token = /AT_\w{32}/.exec(answer.text)?.[0] ?? '';
  if (answer.status !== 200 || !id || !token) {
    throw new Error(`no app: ${answer.status} ${answer.text.slice(0, 2000)}`);
  }
  return { id, token, path: `/console/apps/${id}` };
}

/** Where a form leads. */
export function leadsTo(answer: { status: number; headers: Headers }): string {
  return `${answer.status} ${answer.headers.get('location')}`;
}
