/** The people and apps that the tests of the WxPusher dialect share. */

import { createWxpusher } from '#src/dialects/wxpusher/index.js';
import { type Door, openDoor } from '#test/dialects/open-door.js';

/** Two apps; Ming and Hua follow the first, Lei is blocked there, Yun follows only the second. */
export interface Cast extends Door {
  appId: number;
  token: string;
  otherToken: string;
  uids: { ming: string; hua: string; lei: string; yun: string };
  /** Topics of the first app, and one of the second. */
  topics: { ops: number; sales: number; foreign: number };
  spt: { ming: string; yun: string };
  /** Answers the envelope of a call; fails when the status is not 200. */
  call: (path: string, sent?: Parameters<Door['fetch']>[1]) => Promise<Answer>;
  /** What was taken in since the last look, oldest first. */
  taken: () => Promise<Taken[]>;
}

/** An envelope, loosely. */
export interface Answer {
  code: number;
  msg: string;
  data: Record<string, unknown>[] & Record<string, unknown>;
  success: boolean;
}

/** A message as it lies in the store. */
export interface Taken {
  id: number;
  appId: number | null;
  body: string;
  format: string;
  summary: string;
  url: string;
  audience: { people: number[]; topics: number[] };
}

/** Opens the dialect with its cast. */
export async function openCast(): Promise<Cast> {
  const door = await openDoor(createWxpusher);
  const { core } = door;
  const { app, appToken: token } = await core.apps.createApp({ name: '告警' }, null);
  const { app: other, appToken: otherToken } = await core.apps.createApp({ name: '别家' }, null);
  const ops = await core.topics.createTopic(app.id, { name: '运维' });
  const sales = await core.topics.createTopic(app.id, { name: '销售' });
  const foreign = await core.topics.createTopic(other.id, { name: '外部' });
  const [ming, hua, lei, yun] = await Promise.all([
    door.person('ming'),
    door.person('hua'),
    door.person('lei'),
    door.person('yun'),
  ]);
  for (const one of [ming, hua, lei]) {
    await door.subscribe(one, app.id);
  }
  await door.subscribe(yun, other.id);
  const blocked = await core.subscriptions.listSubscriptions({
    appId: app.id,
    uid: lei.uid,
    skip: 0,
    take: 1,
  });
  await core.subscriptions.setBlocked(app.id, blocked.items[0]?.id ?? 0, true);
  const [mingSpt, yunSpt] = await Promise.all(
    [ming, yun].map(async ({ personId }) => (await core.keys.createKey(personId, 'spt')).key),
  );
  let seen = 0n;
  return {
    ...door,
    appId: app.id,
    token,
    otherToken,
    uids: { ming: ming.uid, hua: hua.uid, lei: lei.uid, yun: yun.uid },
    topics: { ops: ops.id, sales: sales.id, foreign: foreign.id },
    spt: { ming: mingSpt ?? '', yun: yunSpt ?? '' },
    call: async (path, sent) => {
      const answer = await door.fetch(path, sent);
      if (answer.status !== 200) {
        throw new Error(`${path} answered ${answer.status}`);
      }
      return (await answer.json()) as Answer;
    },
    taken: async () => {
      const rows = await door.db.message.findMany({ where: { id: { gt: seen } }, orderBy: { id: 'asc' } });
      seen = rows.at(-1)?.id ?? seen;
      return rows.map(({ id, appId, body, format, summary, url, audience }) => {
        return { id: Number(id), appId, body, format, summary, url, audience: JSON.parse(audience) };
      });
    },
  };
}
