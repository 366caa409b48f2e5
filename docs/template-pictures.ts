/** Takes the pictures of templates.md: each of its commands is run as it is written, and its message opened on a phone. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { followAccount, openPhone, sayInChat, type Walk, WECHAT_AGENT } from '#test/browser/walk.js';
import { savePicture } from './save-picture.js';

const WIDTH = 390;
const PHONE = { viewport: { width: WIDTH, height: 320 }, deviceScaleFactor: 1.5 };
const SCHEMES = { light: '', dark: '-dark' } as const;

/** Takes every picture that templates.md shows, light and dark; `only` names some of them. */
export async function takeTemplates(walk: Walk, only: readonly string[] = []): Promise<void> {
  const { page: phone, close } = await walk.open({ userAgent: WECHAT_AGENT });
  const env = await beReady(walk, phone);
  for (const { name, command, password } of readSamples()) {
    if (only.length > 0 && !only.includes(name)) {
      continue;
    }
    const address = await send(phone, command, env);
    for (const colorScheme of ['light', 'dark'] as const) {
      const { page, close: leave } = await walk.open({ ...PHONE, colorScheme });
      await page.goto(address);
      await saveWhole(page, `template-${name}${SCHEMES[colorScheme]}`);
      if (password) {
        await page.getByLabel('密码').fill(password);
        await page.getByRole('button', { name: '解密' }).click();
        await page.locator('#unsealed').waitFor();
        await saveWhole(page, `template-${name}-open${SCHEMES[colorScheme]}`);
      }
      await leave();
    }
  }
  await close();
}

/** A phone as long as the message; an even number of points makes whole pixels. */
async function saveWhole(page: Page, name: string): Promise<void> {
  await page.setViewportSize({ width: WIDTH, height: PHONE.viewport.height });
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  await page.setViewportSize({ width: WIDTH, height: height + (height % 2) });
  await savePicture(page, name);
}

interface Sample {
  /** The middle of its picture's name. */
  name: string;
  command: string;
  /** What opens the message. */
  password?: string;
}

/** The commands, each with the first picture behind it. */
function readSamples(): Sample[] {
  const text = readFileSync(new URL('templates.md', import.meta.url), 'utf8');
  const found = text.matchAll(/```sh\n(.*?)```.*?pictures\/template-([a-z]+)\.png/gis);
  return Array.from(found, ([, command = '', name = '']) => {
    const password = /^PASSWORD=(\S+)$/m.exec(command)?.[1];
    return { name, command, ...(password ? { password } : {}) };
  });
}

/** An app, a follower, and the keys that the commands name. */
async function beReady({ url, admin }: Walk, phone: Page): Promise<Record<string, string>> {
  const app = { name: '机房告警', followTip: '欢迎订阅机房告警！' };
  const { id, appToken } = await admin<{ id: number; appToken: string }>('/apps', app);
  await openPhone(phone, url, '小明');
  await followAccount(phone);
  await sayInChat(phone, `#${id}`);
  await phone.getByText(app.followTip).waitFor();
  const { items } = await admin<{ items: { uid: string }[] }>(`/apps/${id}/subscribers`);
  const uid = items[0]?.uid ?? '';
  const keyOf = async (kind: string): Promise<string> =>
    (await admin<{ key: string }>(`/users/${uid}/keys`, { kind })).key;
  return {
    BASE: url,
    APP_TOKEN: appToken,
    USER_UID: uid,
    TOKEN: await keyOf('pushplus'),
    SENDKEY: await keyOf('sendkey'),
  };
}

/** Runs a command and waits for its card. Returns the address of the message. */
async function send(phone: Page, command: string, env: Record<string, string>): Promise<string> {
  const cards = phone.locator('article.card');
  const before = await cards.count();
  const script = `curl() { command curl -sS -f "$@"; }\n${command}`;
  const { stdout } = await promisify(execFile)('bash', ['-c', script], {
    env: { PATH: process.env.PATH, ...env },
  });
  process.stdout.write(`${stdout}\n`);
  await cards.nth(before).waitFor();
  return (await cards.nth(before).locator('a').getAttribute('href')) ?? '';
}
