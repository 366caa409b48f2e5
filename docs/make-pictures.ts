/**
 * Takes the pictures of the documents from this very build: the real server in sandbox mode, walked in Chromium. With
 * `templates` and names behind it, only those of templates.md; with `console`, only those of the console.
 */
import {
  followAccount,
  openDemo,
  openPhone,
  pushFromDemo,
  sayInChat,
  scanDemo,
  startWalk,
  type Walk,
  WECHAT_AGENT,
} from '#test/browser/walk.js';
import { takeConsole } from './console-pictures.js';
import { savePicture } from './save-picture.js';
import { takeTemplates } from './template-pictures.js';

const DESK = { viewport: { width: 1180, height: 860 } };
const POCKET = { viewport: { width: 390, height: 780 }, deviceScaleFactor: 1.5 };

const MESSAGE = {
  format: 'markdown',
  summary: '数据盘快满了',
  content: `db-1 的 \`/data\` 已用 **95%**，预计 6 小时后写满。

| 目录 | 大小 |
|---|---|
| /data/log | 812 GB |
| /data/tmp | 97 GB |

\`\`\`bash
du -sh /data/* | sort -h
\`\`\``,
} as const;

const [part, ...names] = process.argv.slice(2);
if (part !== 'templates') {
  await takeConsole();
}
if (part !== 'console') {
  await takeScenes(part === 'templates');
}

/** The pictures that are walked to in a sandbox. */
async function takeScenes(onlyTemplates: boolean): Promise<void> {
  const walk = await startWalk();
  try {
    if (!onlyTemplates) {
      await takeDemo(walk);
      await takePhone(walk);
      await takeHome(walk);
    }
    await takeTemplates(walk, names);
  } finally {
    await walk.close();
  }
}

/** The start page, last, so that its numbers are not all nought. */
async function takeHome({ url, open }: Walk): Promise<void> {
  const { page, close } = await open(DESK);
  await page.goto(url);
  await savePicture(page, 'home');
  await close();
}

/** The demo page with a message that arrived in the phone beside it; then the message itself. */
async function takeDemo({ url, open }: Walk): Promise<void> {
  const { page, close } = await open(DESK);
  const phone = await openDemo(page, url);
  await scanDemo(page);
  await pushFromDemo(page, MESSAGE);
  await phone.locator('article.card').waitFor();
  await page.locator('#messages .state.sent').waitFor();
  await page.evaluate(() => {
    scrollTo(0, 0);
    document.querySelector('textarea')?.scrollTo(0, 0);
  });
  await savePicture(page, 'demo');
  const address = await phone.locator('article.card a').getAttribute('href');
  await close();
  const pocket = await open(POCKET);
  await pocket.page.goto(address ?? '');
  await savePicture(pocket.page, 'message');
  await pocket.close();
}

/** A new person on the phone: the subscribe page, a card in the chat and an answer to it, the keys. */
async function takePhone({ url, open, admin }: Walk): Promise<void> {
  const app = await admin<{ id: number; appToken: string; subscribeUrl: string }>('/apps', {
    name: '机房告警',
    description: '磁盘、内存和温度的告警，值班的同事请订阅。',
    contact: 'ops@example.com',
    followTip: '欢迎订阅机房告警！值班时请保持微信在线。',
    callbackUrl: `${url}/simulator/webhook/ops`,
  });
  const { page, close } = await open({ ...POCKET, userAgent: WECHAT_AGENT });
  await openPhone(page, url, '小红');
  await followAccount(page);
  await page.goto(app.subscribeUrl);
  await savePicture(page, 'subscribe');
  await page.goto(`${url}/simulator/`);
  await sayInChat(page, `#${app.id}`);
  await page.getByText('欢迎订阅机房告警').waitFor();
  await send(url, app.appToken, await findUid(admin, app.id));
  await page.locator('article.card').waitFor();
  await sayInChat(page, `#${app.id} 清理`);
  await page.getByText('已发送给').waitFor();
  await savePicture(page, 'chat');
  await sayInChat(page, '密钥');
  await page.locator('a.text-link', { hasText: '/k/' }).click();
  const inside = page.frameLocator('.browser iframe');
  await inside.getByRole('button').click();
  await inside.getByText(/^SPT_/).waitFor();
  await savePicture(page, 'keys');
  await close();
}

async function findUid(admin: Walk['admin'], appId: number): Promise<string> {
  const { items } = await admin<{ items: { uid: string }[] }>(`/apps/${appId}/subscribers`);
  return items[0]?.uid ?? '';
}

async function send(url: string, appToken: string, uid: string): Promise<void> {
  const { summary, content } = MESSAGE;
  const response = await fetch(`${url}/api/send/message`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ appToken, uids: [uid], summary, content, contentType: 3 }),
  });
  const answer = (await response.json()) as { code: number };
  if (answer.code !== 1000) {
    throw new Error(`the push was refused: ${JSON.stringify(answer)}`);
  }
}
