/** Pages: what /healthz and WeChat's pushes feel while somebody opens the worst message pages that there can be. */
import { setTimeout as sleep } from 'node:timers/promises';
import { signatureOf } from '#src/lib/message-crypto.js';
import { buildXml } from '#src/lib/xml.js';
import { simulatorDefaults } from '#src/simulator/index.js';
import { HOSTILE_MARKUP } from '#test/support/hostile-markup.js';
import { type BenchCase, bound } from '../case.js';
import { percentilesOf } from '../stats.js';
import { ask, type BenchWorld, makeFollowers, openBenchWorld } from '../world.js';

const PAGES = 50;
/** The promise, in milliseconds. */
const AT_MOST_MS = 100;
/** Between two questions. */
const PAUSE_MS = 10;

/** The case. */
export const pages: BenchCase = {
  name: 'pages',
  about: 'the worst message pages opened in turn, and what others feel of it',
  run: async (input, report) => {
    const world = await openBenchWorld(input, { pushes: true });
    try {
      await world.start();
      const app = await world.makeApp('压测');
      const [openid = ''] = await makeFollowers(world, 1, app.qrcodeUrl);
      const urls = await makePages(world, { openid, appToken: app.appToken, appId: app.id });
      const began = performance.now();
      const opened = openInTurn(urls);
      const [health, pushes] = await Promise.all([
        timesUntil(opened, () => fetch(`${world.url}/healthz`)),
        timesUntil(opened, () => push(world.url, openid)),
        opened,
      ]);
      const note = `${PAGES} pages in ${((performance.now() - began) / 1000).toFixed(1)} s`;
      const rows = [
        ['/healthz p99', health],
        ['WeChat push p99', pushes],
      ] as const;
      for (const [what, times] of rows) {
        const { p99, max, count } = percentilesOf(times);
        const more = `${note}, max ${max.toFixed(0)} ms of ${count}`;
        report(bound({ what, value: p99, unit: 'ms', note: more }, AT_MOST_MS));
      }
      report({ what: 'memory at most', value: world.server.peakMb(), unit: 'MB' });
    } finally {
      await world.close();
    }
  },
};

/** Sends the worst bodies and waits until their cards are there; the addresses of their pages. */
async function makePages(
  world: BenchWorld,
  to: { openid: string; appToken: string; appId: number },
): Promise<string[]> {
  const uids = await waitFor(async () => {
    const list = await world.admin<{ items: { uid: string }[] }>(`/apps/${to.appId}/subscribers`);
    return list.items.length > 0 ? list.items.map(({ uid }) => uid) : null;
  });
  const bodies = Object.values(HOSTILE_MARKUP);
  for (let at = 0; at < PAGES; at += 1) {
    const content = `${at}\n\n${bodies[at % bodies.length]}`.slice(0, 40_000);
    await ask(`${world.url}/api/send/message`, { appToken: to.appToken, uids, content, contentType: 3 });
  }
  return waitFor(async () => {
    const inbox = await world.sim<{ items: { url?: string }[] }>(`/followers/${to.openid}/inbox`);
    const urls = inbox.items.flatMap(({ url }) => (url?.includes('/m/') ? url : []));
    return urls.length >= PAGES ? urls.map((url) => world.url + new URL(url).pathname) : null;
  });
}

/** Asks until there is an answer. Throws after a minute. */
async function waitFor<T>(look: () => Promise<T | null>): Promise<T> {
  for (let turn = 0; turn < 600; turn += 1) {
    const found = await look();
    if (found !== null) {
      return found;
    }
    await sleep(100);
  }
  throw new Error('the pages are not there after a minute');
}

async function openInTurn(urls: readonly string[]): Promise<void> {
  for (const url of urls) {
    const answer = await fetch(url);
    await answer.text();
    if (answer.status !== 200) {
      throw new Error(`a page answered ${answer.status}`);
    }
  }
}

/** Asks again and again; how long each answer took, in milliseconds. */
async function timesUntil(done: Promise<unknown>, call: () => Promise<Response>): Promise<number[]> {
  let isDone = false;
  void done.finally(() => (isDone = true)).catch(() => {});
  const times: number[] = [];
  while (!isDone) {
    const began = performance.now();
    const answer = await call();
    await answer.text();
    if (answer.status !== 200) {
      throw new Error(`${answer.url} answered ${answer.status}`);
    }
    times.push(performance.now() - began);
    await sleep(PAUSE_MS);
  }
  return times;
}

let lastPush = 0;

/** A signed message of a follower, as WeChat would push it. */
function push(url: string, openid: string): Promise<Response> {
  lastPush += 1;
  const timestamp = String(Math.floor(Date.now() / 1000));
  const nonce = String(100_000_000 + lastPush);
  const signature = signatureOf(simulatorDefaults.token, timestamp, nonce);
  const body = buildXml({
    ToUserName: 'gh_sim000000001',
    FromUserName: openid,
    CreateTime: Number(timestamp),
    MsgType: 'text',
    Content: 'uid',
    MsgId: String(25_000_000_000_000_000n + BigInt(lastPush)),
  });
  const query = `signature=${signature}&timestamp=${timestamp}&nonce=${nonce}`;
  return fetch(`${url}/wechat?${query}`, { method: 'POST', body });
}
