/** The operator's pages during a run: signed in as people do, read again and again, and asked whether a fault is to be seen there. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openBrowser } from '#test/support/sign-in.js';
import { fieldOf } from './http.js';
import { makeFollower } from './people.js';
import type { World } from './world.js';

/** When a page first told something that it does not tell in calm times. */
export interface Telling {
  /** In real milliseconds since the epoch. */
  at: number;
  what: string;
}

/** Someone who watches the pages. */
export interface Operator {
  /** What was told from that time on. */
  listTellings(from: number): Telling[];
  stop(): void;
}

const PAGES = ['/console', '/console/numbers'];
const LOOK_MS = 2000;
/** What the pages say in this time is how they look when all is well. */
const CALM_LOOKS = 3;
const SCAN_TRIES = 20;
const QR_CALL = '/wechat/cgi-bin/qrcode/create';

/** Signs in as the server's first administrator, learns how the pages look now that all is well, and begins to watch. */
export async function watchPages(world: World): Promise<Operator> {
  const browser = await signInFirst(world);
  const calm = new Set<string>();
  const tellings: Telling[] = [];
  let isOver = false;

  async function look(isCalm: boolean): Promise<void> {
    for (const page of PAGES) {
      const answer = await browser.get(page).catch(() => null);
      const lines =
        answer?.status === 200 ? linesOf(answer.text) : [`${page} answers ${answer?.status ?? 'nothing'}`];
      for (const line of lines) {
        if (isCalm) {
          calm.add(line);
        } else if (!calm.has(line)) {
          tellings.push({ at: Date.now(), what: line });
        }
      }
    }
  }

  for (let looked = 0; looked < CALM_LOOKS; looked += 1) {
    await look(true);
    await sleep(LOOK_MS);
  }
  const watching = (async () => {
    while (!isOver) {
      await look(false);
      await sleep(LOOK_MS);
    }
  })();
  watching.catch(() => {});
  return {
    listTellings: (from) => tellings.filter(({ at }) => at >= from),
    stop: () => {
      isOver = true;
    },
  };
}

/** What a page says, without its numbers, which change all the time. */
function linesOf(html: string): string[] {
  return html
    .replace(/<(script|style|svg)\b[\s\S]*?<\/\1>/g, '')
    .split(/<[^>]*>/)
    .map((line) => line.replace(/[\d.,:/\s-]+/g, ' ').trim())
    .filter((line) => line !== '');
}

/** Opens the sign-in page, scans its code, and gives the code of the first administrator. */
async function signInFirst(world: World) {
  let url = '';
  world.wire.watch(QR_CALL, (text) => {
    url = String(fieldOf(JSON.parse(text), 'url') ?? url);
  });
  const browser = openBrowser(world.url);
  const openid = await makeFollower(world);
  for (let tried = 0; tried < SCAN_TRIES; tried += 1) {
    await browser.post('/sign-in/code');
    if (url !== '') {
      await world.sim(`/followers/${openid}/scan`, { url });
      await world.sim(`/followers/${openid}/messages`, { content: '1' });
    }
    const answer = await browser.get('/sign-in?next=/me');
    if (answer.headers.get('location') === '/me') {
      break;
    }
    await sleep(LOOK_MS / 4);
  }
  const code = readFileSync(join(world.dataDir, 'first-admin-code'), 'utf8').trim();
  await browser.post('/sign-in/join', { code });
  const page = await browser.get(PAGES[0] ?? '/console');
  if (page.status !== 200) {
    throw new Error(`the first administrator cannot open the console: ${page.status}`);
  }
  return browser;
}
