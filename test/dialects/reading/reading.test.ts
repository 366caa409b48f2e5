/** Each option of each door, in each place and in each pair of places, counts as the original's documentation says. */
import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { simulatedWecom } from '#src/simulator/index.js';
import { type Answer, type Ask, ask } from '#test/support/http.js';
import { openWorld, type World } from '#test/support/world.js';
import { type DoorReading, listCases, type Seen, toAsk } from './matrix.js';
import {
  barkReading,
  gotifyReading,
  type Keys,
  ntfyReading,
  pushdeerReading,
  pushplusReading,
  serverchanReading,
  wecomReading,
  wxpusherReading,
} from './tables.js';

let w: World;
let keys: Keys;
beforeAll(async () => {
  w = await openWorld();
  keys = await makeKeys();
});
afterAll(() => w.close());

async function makeKeys(): Promise<Keys> {
  const made: Record<string, string> = {};
  for (const [name, suffix] of [
    ['Ming', ''],
    ['Hua', 's'],
  ] as const) {
    await w.phone(name).follows();
    const { personId } = await w.core.people.getByUid(await w.phone(name).uid());
    made[name.toLowerCase()] = String(personId);
    for (const kind of [
      'spt',
      'sendkey',
      'sendkey3',
      'pushplus',
      'bark',
      'pushdeer',
      'ntfy',
      'gotify',
    ] as const) {
      made[`${kind}${suffix}`] = await w.core.keys.showKey(personId, kind);
    }
  }
  const app = await w.app('alarm').made();
  await w.phone('Ming').scans(app.qrcodeUrl);
  const topic = (await w.admin(`/apps/${app.id}/topics`, { name: '运维' })).json as { id: number };
  const space = await w.core.spaces.getSpace(Number(made.ming));
  await w.core.topics.createTopic(space.id, { name: '群组', alias: 'ops' });
  const { corpId, agentId, secret } = simulatedWecom;
  const wecom = { corpId, agentId: String(agentId), secret, receivers: 'lisi', format: 'text' } as const;
  const { code } = await w.core.notifyCodes.createCode(wecom, null);
  await w.drain();
  return {
    ...made,
    appToken: app.appToken,
    uid: await w.phone('Ming').uid(),
    topicId: String(topic.id),
    group: 'ops',
    code,
  };
}

/** Sends, and looks at the answer and at what was stored. */
async function send({ path, ...input }: Ask & { path: string }): Promise<Seen> {
  const before = await w.db.message.findFirst({ orderBy: { id: 'desc' } });
  let isAnswered = false;
  const asked = ask(`${w.url}${path}`, input).finally(() => {
    isAnswered = true;
  });
  // The WeCom relay waits for the engine.
  while (path.startsWith('/api/notify/') && !isAnswered) {
    await w.drain();
    await setImmediate();
  }
  const answer = await asked;
  const row = await w.db.message.findFirst({ where: { id: { gt: before?.id ?? 0n } } });
  return { answer: toAnswer(answer), stored: row && toStored(row) };
}

const toAnswer = ({ status, json }: Answer): Seen['answer'] => ({
  status,
  json: (json ?? {}) as Record<string, unknown>,
});

type Row = NonNullable<Awaited<ReturnType<World['db']['message']['findFirst']>>>;

function toStored({ title, summary, body, format, url, priority, ...row }: Row): NonNullable<Seen['stored']> {
  const { people, topics } = JSON.parse(row.audience) as { people: number[]; topics: number[] };
  return {
    ...{ title, summary, body, format, url, priority, people, topics },
    channels: row.channels === null ? null : JSON.parse(row.channels),
    extras: row.extras === null ? {} : JSON.parse(row.extras),
    sendAt: row.sendAt?.getTime() ?? null,
    expiresAt: row.expiresAt?.getTime() ?? null,
  };
}

const READINGS: readonly [string, () => DoorReading][] = [
  // Its answers wait for the engine, which then has nothing else to do.
  ['the WeCom relay', () => wecomReading(keys)],
  ['ntfy', () => ntfyReading(keys, w.clock.now())],
  ['Bark', () => barkReading(keys)],
  ['gotify', () => gotifyReading(keys)],
  ['PushDeer', () => pushdeerReading(keys)],
  ['Server酱', () => serverchanReading(keys)],
  ['PushPlus', () => pushplusReading(keys)],
  ['WxPusher', () => wxpusherReading(keys)],
];

/** How many cases a door has at least: a table that loses its rows proves nothing. */
const AT_LEAST: Readonly<Record<string, number>> = { ntfy: 300, Bark: 300, PushPlus: 200 };

it.each(READINGS)(
  '%s reads each option where it may stand, the stronger place first',
  async (name, toReading) => {
    const cases = listCases(toReading());
    const wrong: string[] = [];
    for (const { title, way, option, said, counts } of cases) {
      const input = toAsk(way, said);
      const seen = await send(input);
      const expected = (option.shows ?? option.values)[counts];
      const got = option.see(seen);
      if (JSON.stringify(got) !== JSON.stringify(expected)) {
        wrong.push(
          `${title}: ${JSON.stringify(got)} instead of ${JSON.stringify(expected)} (${seen.answer.status} ${JSON.stringify(seen.answer.json)})`,
        );
      }
    }
    expect(wrong).toEqual([]);
    expect(cases.length).toBeGreaterThanOrEqual(AT_LEAST[name] ?? 10);
  },
);
