/** The pages that need no sign-in as people see them: in a pocket and on a desk, light and dark, Chinese and English. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createMessagePage, type MessageView } from '#src/web/pages/index.js';
import { hasBrowser, type Looker, type LookOptions, openLooker, SIGHTS } from '#test/support/look.js';
import type { Browser } from '#test/support/sign-in.js';
import { openWorld, type World } from '#test/support/world.js';
import { type OpenPages, openPages, views } from './open-pages.js';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 });

const LONG = 'A_very_long_name_that_does_not_break_anywhere_at_all_and_goes_on_and_on_and_on';
const MARKDOWN = `# 一级标题\n\n一段文字，有**粗体**、\`代码\`和[链接](https://example.com/${'x'.repeat(80)})。

- 第一项\n- 第二项\n  1. 里面一项\n\n> 引用的一段话\n\n| 主机 | 磁盘 | 说明 |\n|---|---:|---|\n| db-1 | 95% | 数据库主机，快满了，请尽快清理日志目录 |
\n\`\`\`js\nconst answer = await fetch('https://example.com/api/that/is/quite/long?with=parameters');\n\`\`\`\n\n---\n\n最后一段。`;

const PLAIN: MessageView = {
  title: '磁盘 95%',
  appName: '机房告警',
  sentAt: new Date('2026-09-28T16:05:09Z'),
  format: 'text',
  body: '数据库主机 db-1 的磁盘快满了。\nhttps://example.com/disk?host=db-1\n请尽快处理。',
  state: 'shown',
};
const MESSAGES: Readonly<Record<string, Partial<MessageView>>> = {
  text: { tellsReading: true, url: 'https://example.com/dashboard', sender: '小明' },
  markdown: { format: 'markdown', body: MARKDOWN },
  html: {
    format: 'html',
    body: '<h2 style="color:#c00">告警</h2><p>磁盘 <b>95%</b></p><table border="1"><tr><th>主机</th><td>db-1</td></tr></table>',
  },
  // More markup than a page has: the rest is shown as it was written.
  huge: {
    format: 'markdown',
    body: `${MARKDOWN}\n\n${'|列'.repeat(1_500)}\n${'|-'.repeat(1_500)}\n${'| 一格 | **粗** | 和 `代码` |\n'.repeat(30)}`,
  },
  sealed: {
    body: 'zoEcIXudEUbW/Uz/uzVWVuxCQqdWWkSdUTBqUx1Vipc=',
    extras: { serverchan: { encoded: true, ivSeed: 'SCT270927' } },
  },
  long: { title: LONG.repeat(2), appName: LONG, sender: LONG, body: LONG.repeat(8) },
  deleted: { state: 'deleted' },
  expired: { state: 'expired' },
};

describe.skipIf(!hasBrowser)('as people see them', () => {
  let w: World;
  let looker: Looker;
  let boss: Browser;
  let letters: OpenPages;
  let letterLooker: Looker;

  beforeAll(async () => {
    w = await openWorld();
    looker = await openLooker(w.url);
    boss = await w.signIn('Boss');
    letters = await openPages(
      createMessagePage({
        view: views.view,
        findMessage: async (key) => (MESSAGES[key] ? { ...PLAIN, ...MESSAGES[key] } : null),
        noteRead: async () => {},
      }),
    );
    letterLooker = await openLooker(letters.url);
  });
  afterAll(async () => {
    await Promise.all([looker?.close(), letterLooker?.close(), letters?.close()]);
    await w?.close();
  });

  /** Chinese in the usual sights, English in a small light and a wide dark one. */
  const lookTwice = async (
    by: Looker,
    browser: Browser | null,
    path: string,
    options: LookOptions = {},
  ): Promise<void> => {
    const name = options.name ?? (path === '/' ? 'home' : path);
    const sights = [SIGHTS[0], SIGHTS[3]].flatMap((sight) => sight ?? []);
    const wrong = [
      ...(await by.look(browser, path, { ...options, name })),
      ...(await by.look(browser, path, { ...options, name: `${name}-en`, language: 'en-US', sights })),
    ];
    // A page that answers 404 or 410 says so in the browser's console too.
    expect(wrong.filter((line) => !/status of 4(?:04|10)/.test(line))).toEqual([]);
  };

  it.each(['/', '/demo', '/sign-in', '/notify', '/nothing-here', '/README.md'])('%s', async (path) => {
    await lookTwice(looker, null, path);
  });

  it('the first administrator’s page, and its answer to a wrong code', async () => {
    await lookTwice(looker, boss, '/sign-in/join');
    const prepare: LookOptions['prepare'] = async (page) => {
      await page.fill('#code', 'wrong');
      await page.locator('form:has(#code) button').click();
      await page.locator('#code-error').waitFor();
    };
    const [sight] = SIGHTS;
    const wrong = await looker.look(boss, '/sign-in/join', {
      name: 'join-wrong',
      prepare,
      sights: sight ? [sight] : [],
    });
    // 422 is what a form with mistakes answers; Chromium notes that in its console.
    expect(wrong.filter((line) => !line.includes('422'))).toEqual([]);
  });

  it.each([...Object.keys(MESSAGES), 'nothing'])('a message: %s', async (key) => {
    await lookTwice(letterLooker, null, `/m/${key}`);
  });

  it('subscribe pages of an app and of a topic with long names', async () => {
    const builder = w.app(LONG.slice(0, 60), { description: '第一行\n第二行', contact: 'ops@example.com' });
    const topic = await builder.topic('夜班');
    await lookTwice(looker, null, new URL((await builder.made()).subscribeUrl).pathname, {
      name: 'subscribe',
    });
    await lookTwice(looker, null, new URL(topic.subscribeUrl).pathname, { name: 'subscribe-topic' });
  });

  it('the keys behind the chat’s link, before and after they are shown', async () => {
    const { personId } = await w.core.people.getByUid(await w.phone('Boss').uid());
    await lookTwice(looker, null, `/k/${await w.core.keys.createLink(personId)}`, { name: 'keys-ask' });
    const [sight] = SIGHTS;
    const prepare: LookOptions['prepare'] = async (page) => {
      await page.locator('main form button').click();
      await page.getByText(/^SPT_/).first().waitFor();
    };
    for (const language of ['zh-CN', 'en-US'] as const) {
      const path = `/k/${await w.core.keys.createLink(personId)}`;
      const name = `keys-${language}`;
      expect(
        await looker.look(null, path, { name, language, prepare, sights: sight ? [sight] : [] }),
      ).toEqual([]);
    }
  });

  it('a follower’s channels: none, the choice, a form', async () => {
    await lookTwice(looker, boss, '/me/channels');
    await lookTwice(looker, boss, '/me/channels/new');
    await lookTwice(looker, boss, '/me/channels/new/mail');
  });
});
