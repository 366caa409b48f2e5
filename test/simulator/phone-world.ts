/** The ground of the phone page's tests: a simulator, the account's own small server, and words for what a person does. */
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import { systemClock } from '#src/lib/clock.js';
import { silentLogger } from '#src/lib/logger.js';
import { createSimulator, simulatorDefaults } from '#src/simulator/index.js';

/** A running simulator with an account whose server answers. */
export interface PhoneWorld {
  /** Where the phone page is, no closing slash. */
  phoneUrl: string;
  /** The account's own server; `/page` is what a card leads to. */
  accountUrl: string;
  /** A control call without a body. */
  control(path: string): Promise<unknown>;
  openidOf(nickname: string): Promise<string>;
  /** A call of the simulated WeChat, as the account's program makes it. */
  platform(call: string, body: object): Promise<Record<string, unknown>>;
  /** Sends a template card that leads to the account's page. */
  sendCard(openid: string): Promise<void>;
  close(): Promise<void>;
}

/** Starts both servers on free ports. */
export async function openPhoneWorld(options: { smtpPort?: number } = {}): Promise<PhoneWorld> {
  const account = await listen(answerAsAccount);
  const { clock, log } = { clock: systemClock, log: silentLogger };
  const pushTo = `${account.url}/wechat`;
  const publicUrl = account.url;
  const simulator = createSimulator({ ...simulatorDefaults, ...options, pushTo, publicUrl, clock, log });
  const phone = await listen(simulator.app.callback());
  simulator.setAddresses({ publicUrl: phone.url });
  const world: PhoneWorld = {
    phoneUrl: phone.url,
    accountUrl: account.url,
    control: (path) => postJson(`${phone.url}/api/${path}`, {}),
    openidOf: (nickname) => findOpenid(phone.url, nickname),
    platform: (call, body) => callPlatform(phone.url, call, body),
    sendCard: async (openid) => {
      await world.platform('message/template/send', toCard(openid, `${account.url}/page`));
    },
    close: async () => {
      await simulator.close();
      account.stop();
      phone.stop();
    },
  };
  return world;
}

function toCard(openid: string, url: string): object {
  const [title, summary, time] = ['磁盘告警', '数据盘已用 95%', '2026年11月23日 09:41'];
  const data = { thing1: { value: title }, thing2: { value: summary }, time3: { value: time } };
  return { touser: openid, template_id: 'sim-category-template', url, data };
}

async function postJson(url: string, body: object): Promise<Record<string, unknown>> {
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
  const answer = (await response.json()) as Record<string, unknown>;
  expect([response.ok, answer.errcode ?? 0]).toEqual([true, 0]);
  return answer;
}

async function callPlatform(phoneUrl: string, call: string, body: object): Promise<Record<string, unknown>> {
  const base = `${phoneUrl}/wechat/cgi-bin`;
  const { appId, secret } = simulatorDefaults;
  const login = { grant_type: 'client_credential', appid: appId, secret };
  const { access_token: token } = await postJson(`${base}/stable_token`, login);
  return postJson(`${base}/${call}?access_token=${token}`, body);
}

async function findOpenid(phoneUrl: string, nickname: string): Promise<string> {
  const answer = (await (await fetch(`${phoneUrl}/api/followers`)).json()) as {
    items: { openid: string; nickname: string }[];
  };
  const found = answer.items.find((one) => one.nickname === nickname);
  expect(found).toBeDefined();
  return found?.openid ?? '';
}

/** The account's own server: greets, answers, talks nonsense when told, and has a page that a card leads to. */
const answerAsAccount: RequestListener = async (request, response) => {
  if (request.method === 'GET') {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end('<!doctype html><link rel="icon" href="data:,"><title>告警</title><h1>告警详情</h1>');
    return;
  }
  response.end(toReply(await readFields(request)));
};

async function readFields(request: IncomingMessage): Promise<(name: string) => string> {
  const xml = await text(request);
  return (name) =>
    new RegExp(`<${name}>(?:<!\\[CDATA\\[)?(.*?)(?:\\]\\]>)?</${name}>`, 's').exec(xml)?.[1] ?? '';
}

function toReply(field: (name: string) => string): string {
  const content = field('Content');
  const words = content ? `收到：${content}` : { subscribe: '欢迎关注', SCAN: '又见面了' }[field('Event')];
  if (content === 'nonsense' || !words) {
    return content ? '{"no": "xml"}' : 'success';
  }
  const address = `<ToUserName>${field('FromUserName')}</ToUserName><FromUserName>${field('ToUserName')}</FromUserName>`;
  const time = `<CreateTime>${field('CreateTime')}</CreateTime>`;
  return `<xml>${address}${time}<MsgType>text</MsgType><Content><![CDATA[${words}]]></Content></xml>`;
}

/** Serves on a free port of this machine. */
export async function listen(listener: RequestListener): Promise<{ url: string; stop(): void }> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stop = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop };
}

/** Opens the page as 小明, who then follows the account. */
export async function openFollowing(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await page.getByRole('button', { name: '关注公众号' }).click();
  await expectVisible(page.getByText('欢迎关注'));
}

/** Makes a person by the panel's form. */
export async function addPerson(page: Page, nickname: string): Promise<void> {
  await page.getByLabel('新人物的昵称').fill(nickname);
  await page.keyboard.press('Enter');
  await expectVisible(page.locator('.person[aria-pressed="true"]', { hasText: nickname }));
}

/** Types and sends. */
export async function say(page: Page, words: string): Promise<void> {
  await page.getByLabel('消息 Message').fill(words);
  await page.keyboard.press('Enter');
}

/** A person's row in the panel. */
export function personRow(page: Page, nickname: string): Locator {
  return page.locator('.person', { hasText: nickname });
}

/** Waits until it can be seen; fails after the browser's own time limit. */
export async function expectVisible(locator: Locator): Promise<void> {
  await locator.waitFor({ state: 'visible', timeout: 10_000 });
}

/** By how many pixels the page is wider than the screen. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate(
    `Math.max(...[document.documentElement, ...document.querySelectorAll('.chat-scroll, .panel')].map((box) => box.scrollWidth - box.clientWidth))`,
  );
}

/** Visible buttons that a finger would miss: under 44 pixels in one direction. Links inside text are exempt. */
export function smallTargets(page: Page): Promise<string[]> {
  return page.evaluate(
    `[...document.querySelectorAll('button, summary, input, textarea, a:not(.text-link)')]
      .filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.matches('.text-link'))
      .filter((one) => one.getBoundingClientRect().height < 43.5 || one.getBoundingClientRect().width < 43.5)
      .map((one) => one.outerHTML.slice(0, 90))`,
  );
}
