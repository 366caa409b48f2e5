/** Nothing is lost and no card shows twice, however often the server is killed. `npm run soak` runs it with 100,000 people. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { simulatorDefaults } from '#src/simulator/index.js';
import type { MadeApp, MadeTopic } from '#test/support/builders.js';
import { type Answer, ask } from '#test/support/http.js';
import { type RunningProcess, startServer, startSimulator } from '#test/support/processes.js';

const SUBSCRIBERS = Number(process.env.SOAK_SUBSCRIBERS ?? 3000);
const SINGLES = Number(process.env.SOAK_ACTS ?? 200);
const KILLS = 4;
const LANES = 8;
const PEOPLE = 20;
/** Generous: it only keeps a hanging run from hanging for ever. */
const TIMEOUT_MS = 120_000 + SUBSCRIBERS * 12;

const folder = mkdtempSync(join(tmpdir(), 'qingniao-soak-'));
let simulator: RunningProcess;
let server: RunningProcess;
let env: Record<string, string>;

beforeAll(async () => {
  const port = await findFreePort();
  simulator = await startSimulator(['--port', '0', '--push-to', `http://127.0.0.1:${port}/wechat`]);
  env = {
    HOST: '127.0.0.1',
    PORT: String(port),
    DATA_DIR: folder,
    ADMIN_TOKEN: 'the-admin-token-of-the-soak',
    LOG_LEVEL: 'warn',
    ALLOW_PRIVATE_TARGETS: 'true',
    WECHAT_APP_ID: simulatorDefaults.appId,
    WECHAT_APP_SECRET: simulatorDefaults.secret,
    WECHAT_TOKEN: simulatorDefaults.token,
    WECHAT_API_BASE: `${simulator.url}/wechat`,
    WECHAT_MP_BASE: `${simulator.url}/wechat`,
    WECHAT_OPEN_BASE: `${simulator.url}/wechat`,
  };
  server = await startServer({ ...env, LOG_LEVEL: 'info' });
}, 60_000);

afterAll(async () => {
  await server?.end('SIGTERM');
  await simulator?.end('SIGTERM');
  rmSync(folder, { recursive: true, force: true });
});

it(
  `delivers a broadcast to ${SUBSCRIBERS} and ${SINGLES} single sends, callbacks and commands around ${KILLS} kills`,
  async () => {
    const commands = await makeApp('commands', 'ups');
    const follows = await makeApp('follows', 'subs');
    const topic = (await admin(`/apps/${commands.id}/topics`, { name: 'all' })).json as MadeTopic;
    const bulk = await sim('/followers/bulk', { count: SUBSCRIBERS, scan: topic.qrcodeUrl });
    expect(bulk.status).toBe(201);
    const people = await Promise.all(Array.from({ length: PEOPLE }, () => makePerson(commands)));
    const scanners = await Promise.all(Array.from({ length: SINGLES }, makeFollower));

    const accepted = await send(commands, { topicIds: [topic.id], content: 'broadcast' });
    expect(accepted).not.toBeNull();

    const sent: { id: number; openid: string; content: string }[] = [];
    const commanded: string[] = [];
    const scanned: string[] = [];
    let finished = false;
    const traffic = inLanes(SINGLES, async (at) => {
      const person = people[at % PEOPLE] as (typeof people)[number];
      const content = `single-${at}`;
      const id = await send(commands, { uids: [person.uid], content });
      if (id !== null) {
        sent.push({ id, openid: person.openid, content });
      }
      if (await act(`/followers/${person.openid}/messages`, { content: `#${commands.id} command-${at}` })) {
        commanded.push(`command-${at}`);
      }
      const scanner = scanners[at] as string;
      if (await act(`/followers/${scanner}/scan`, { url: follows.qrcodeUrl })) {
        scanned.push(scanner);
      }
    }).finally(() => {
      finished = true;
    });
    for (let kill = 1; kill <= KILLS; kill += 1) {
      const goal = (await countCards()) + Math.ceil(SUBSCRIBERS / (KILLS + 2));
      await waitUntil(async () => finished || (await countCards()) >= goal);
      await server.end('SIGKILL');
      server = await startServer({ ...env, LOG_LEVEL: 'info' });
    }
    await traffic;
    await waitUntil(isQuiet);

    // Most acts must have been answered, or the test would prove little.
    expect(Math.min(sent.length, commanded.length, scanned.length)).toBeGreaterThan(SINGLES / 2);
    const singlesShown = await countSingles(people.map((person) => person.openid));
    for (const { content } of sent) {
      expect(singlesShown.get(content), content).toBe(1);
    }
    const cards = (await sim('/cards')).json as { shown: number; duplicates: number };
    expect(cards.duplicates).toBe(0);
    expect(cards.shown - [...singlesShown.values()].reduce((sum, count) => sum + count, 0)).toBe(SUBSCRIBERS);

    const ups = await readHooks('ups');
    expect(commanded.filter((content) => !ups.some((body) => body.data.content === content))).toEqual([]);
    const subs = await readHooks('subs');
    const uids = new Set(subs.map((body) => body.data.uid));
    expect(uids.size).toBeGreaterThanOrEqual(scanned.length);
    for (const id of [accepted as number, ...sent.map((message) => message.id)]) {
      expect((await admin(`/messages/${id}?pageSize=1`)).json).toMatchObject({ state: 'sent' });
    }
  },
  TIMEOUT_MS,
);

async function makeApp(name: string, hook: string): Promise<MadeApp> {
  const answer = await admin('/apps', { name, callbackUrl: `${simulator.url}/webhook/${hook}` });
  expect(answer.status).toBe(201);
  return answer.json as MadeApp;
}

async function makeFollower(): Promise<string> {
  return ((await sim('/followers', {})).json as { openid: string }).openid;
}

async function makePerson(app: MadeApp): Promise<{ openid: string; uid: string }> {
  const openid = await makeFollower();
  await sim(`/followers/${openid}/scan`, { url: app.qrcodeUrl });
  const said = (await sim(`/followers/${openid}/messages`, { content: 'uid' })).json as {
    reply: { text: string };
  };
  return { openid, uid: /UID_\w+/.exec(said.reply.text)?.[0] ?? '' };
}

/** Sends; the message's id where the server answered with success, null where it was not there. */
async function send(
  app: MadeApp,
  to: { uids?: string[]; topicIds?: number[]; content: string },
): Promise<number | null> {
  const answer = await ask(`${server.url}/api/send/message`, {
    body: { appToken: app.appToken, ...to },
  }).catch(() => null);
  const body = answer?.json as { code: number; data: { messageContentId: number }[] } | undefined;
  return body?.code === 1000 ? (body.data[0]?.messageContentId ?? null) : null;
}

/** Lets a person do something; whether the server answered it. */
async function act(path: string, body: unknown): Promise<boolean> {
  const answer = await sim(path, body);
  return ((answer.json as { reply?: unknown }).reply ?? null) !== null;
}

async function countCards(): Promise<number> {
  return ((await sim('/cards')).json as { shown: number }).shown;
}

/** How often each single message shows, over all inboxes of these people. */
async function countSingles(openids: readonly string[]): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const openid of openids) {
    const { items } = (await sim(`/followers/${openid}/inbox`)).json as { items: { rendered: string }[] };
    for (const { rendered } of items) {
      const content = /single-\d+/.exec(rendered)?.[0];
      if (content) {
        counts.set(content, (counts.get(content) ?? 0) + 1);
      }
    }
  }
  return counts;
}

interface HookBody {
  action: string;
  data: { uid: string; content?: string };
}

async function readHooks(name: string): Promise<HookBody[]> {
  const { items } = (await sim(`/inboxes/webhook/${name}`)).json as {
    items: { request: { body: string } }[];
  };
  return items.map((item) => JSON.parse(item.request.body) as HookBody);
}

/** Whether the server has nothing left to do: two looks at its queue, with no card between them. */
async function isQuiet(): Promise<boolean> {
  const due = async (): Promise<boolean> =>
    /qingniao_queue_due 0\n/.test((await ask(`${server.url}/metrics`)).text);
  const before = await countCards();
  const first = await due();
  await sleep(4000);
  return first && (await due()) && (await countCards()) === before;
}

async function waitUntil(isTrue: () => Promise<boolean>): Promise<void> {
  while (!(await isTrue())) {
    await sleep(200);
  }
}

async function inLanes(count: number, run: (at: number) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) {
      const at = next;
      next += 1;
      await run(at);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

function admin(path: string, body?: unknown): Promise<Answer> {
  const headers = { authorization: 'Bearer the-admin-token-of-the-soak' };
  return ask(`${server.url}/api/v1${path}`, body === undefined ? { headers } : { headers, body });
}

function sim(path: string, body?: unknown): Promise<Answer> {
  return ask(`${simulator.url}/api${path}`, body === undefined ? {} : { body });
}

async function findFreePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => {
    probe.listen(0, '127.0.0.1', resolve);
  });
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
