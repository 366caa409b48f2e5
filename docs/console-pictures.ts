/** Takes the pictures of the console and of the followers' pages: a world with a few people, apps and messages in it. */
import { type Looker, openLooker } from '#test/support/look.js';
import type { Browser } from '#test/support/sign-in.js';
import { openWorld, type World } from '#test/support/world.js';
import { savePicture } from './save-picture.js';

const DESK = { name: 'desk', width: 1180, height: 860, dark: false };
const POCKET = { name: 'pocket', width: 390, height: 780, dark: false };
const HOUR_MS = 3_600_000;
const PEOPLE = ['小红', '李雷', '韩梅梅', '王芳', '赵强', '陈静', '孙伟', '周敏'];

/** Takes them all. */
export async function takeConsole(): Promise<void> {
  const w = await openWorld();
  const looker = await openLooker(w.url);
  try {
    const boss = await w.signIn('Boss', { role: 'operator' });
    const { appId, messageId, follower } = await fill(w);
    await take(looker, boss, { path: '/console/send?sample=alarm', name: 'console-send' });
    await take(looker, boss, { path: `/console/messages/${messageId}`, name: 'console-message' });
    await take(looker, boss, { path: `/console/apps/${appId}/codes`, name: 'console-codes' });
    await take(looker, boss, { path: '/console/numbers?range=week', name: 'console-numbers' });
    await take(looker, boss, {
      path: '/console/self-check',
      name: 'console-self-check',
      press: '.actions button, main form button',
    });
    await take(looker, follower, { path: '/me/subscriptions', name: 'me-subscriptions', sight: POCKET });
  } finally {
    await looker.close();
    // The self-check asks for tokens of its own; a world that closes wants a reason for each: the end of another's life.
    w.clock.advance(20 * 2 * HOUR_MS);
    await w.close();
  }
}

interface Shot {
  path: string;
  name: string;
  /** A button to press first. */
  press?: string;
  sight?: typeof DESK;
}

async function take(looker: Looker, browser: Browser, { path, name, press, sight = DESK }: Shot) {
  const { page } = await looker.open(browser, path, sight);
  if (press) {
    await page.locator(press).first().click();
    await page.waitForTimeout(3000);
  }
  await savePicture(page, name);
  await page.context().close();
}

/** A server as it looks after a week. */
async function fill(w: World) {
  const app = await w.app('机房告警').made();
  for (const name of PEOPLE) {
    await w.phone(name).scans(app.qrcodeUrl);
  }
  const follower = await w.signIn('小红', { role: 'follower' });
  const topic = (await w.admin(`/apps/${app.id}/topics`, { name: '数据库值班' })).json as {
    qrcodeUrl: string;
  };
  await w.phone('小红').scans(topic.qrcodeUrl);
  const course = await w.app('高数成绩通知').made();
  await w.phone('小红').scans(course.qrcodeUrl);
  for (const extra of ['A 座门口', '二楼前台']) {
    const code = await w.core.qrcodes.createParameterised({ appId: app.id, extra, validSeconds: 2_592_000 });
    await w.phone(`来自${extra}`).scans(code.url);
  }
  const uids = await Promise.all(PEOPLE.map((name) => w.phone(name).uid()));
  await w.phone('赵强').unfollows();
  const body = {
    appToken: app.appToken,
    summary: '数据盘快满了',
    content: 'db-1 的 `/data` 已用 **95%**，预计 6 小时后写满。',
    contentType: 3,
    uids,
  };
  const answer = (await w.call('/api/send/message', { body })).json as {
    data: { messageContentId: number }[];
  };
  await w.drain();
  await drawWeek(w);
  return { appId: app.id, messageId: answer.data[0]?.messageContentId ?? 0, follower };
}

/** Figures of a week, by day and night. */
async function drawWeek(w: World): Promise<void> {
  const now = Math.floor(w.clock.now() / HOUR_MS) * HOUR_MS;
  const rows = Array.from({ length: 7 * 24 }, (_, at) => {
    const hour = new Date(now - (at + 1) * HOUR_MS);
    const wave = Math.round(1600 + 1500 * Math.cos(((at - 3) * Math.PI) / 12));
    return [
      { hour, name: 'accepted', value: wave },
      { hour, name: 'delivered', value: Math.round(wave * 0.98) },
      { hour, name: 'failed:wechat:unfollowed', value: Math.round(wave * 0.01) },
      { hour, name: 'failed:webhook:http 502', value: Math.round(wave * 0.01) },
      { hour, name: `latency:${7 + (at % 3)}`, value: wave },
      { hour, name: 'most:queue', value: Math.round(wave / 30) },
    ];
  });
  await w.db.hourFigure.createMany({ data: rows.flat() });
}
