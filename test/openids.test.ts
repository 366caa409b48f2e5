/** Openids leave by no door: not by lists, callbacks, traces, pages and logs; what stands for one is the same for the same person. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Account, openCast } from '#test/dialects/pushplus/open/cast.js';

/** Looks like an openid. */
const SHAPE = /^o[\w-]{27}$/;

let w: Awaited<ReturnType<typeof openCast>>;
let ming: Account;
let topicId: number;
let appId: number;
let openids: string[];

const rowsOf = async (path: string): Promise<{ id: number; openId: string }[]> =>
  ((await ming.open(path, {})).data as { list: { id: number; openId: string }[] }).list;

beforeAll(async () => {
  w = await openCast();
  ming = await w.account('Ming');
  await w.account('Hua');
  const space = await w.core.spaces.getSpace(ming.personId);
  const options = { style: 'pushplus', completions: true } as const;
  await w.core.callbacks.setCallback(space.id, w.webhook('pushplus'), options);
  topicId = (await w.core.topics.createTopic(space.id, { name: '运维' })).id;
  for (const name of ['Ming', 'Hua']) {
    await w.phone(name).scans((await w.core.qrcodes.getDefault(space.id, topicId)).url);
  }
  appId = (await w.app('alarm', { callbackUrl: w.webhook('native') }).made()).id;
  await w.phone('Hua').says(`#${appId}`);
  await w.phone('Hua').says(`#${appId} restart`);
  await w.call('/send', { body: { token: ming.token, content: 'x' } });
  // One send is refused for the person, another because they have left.
  const hua = await w.core.people.getByUid(await w.phone('Hua').uid());
  const key = await w.core.keys.showKey(hua.personId, 'spt');
  await w.sim(`/followers/${await w.phone('Hua').openid()}/unfollow`, {});
  await w.call('/api/send/message/simple-push', { body: { spt: key, content: 'y' } });
  await w.drain();
  openids = await Promise.all(['Ming', 'Hua'].map((name) => w.phone(name).openid()));
});
afterAll(() => w.close());

/** Fails where any of the openids stands in a text. */
function expectNone(texts: Record<string, string>): void {
  for (const [what, text] of Object.entries(texts)) {
    expect(text.length, what).toBeGreaterThan(0);
    for (const openid of openids) {
      expect(text.includes(openid), `${what} holds an openid`).toBe(false);
    }
  }
}

describe('in their place', () => {
  it('the lists of a group have names of the same shape, one for each person, the same each time', async () => {
    const path = `/topicUser/subscriberList?topicId=${topicId}`;
    const ids = (await rowsOf(path)).map(({ openId }) => openId);
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(2);
    for (const id of ids) {
      expect(id).toMatch(SHAPE);
    }
    expect((await rowsOf(path)).map(({ openId }) => openId)).toEqual(ids);
    const own = (await ming.open('/user/myInfo')).data as { openId: string };
    expect(ids).toContain(own.openId);
    await w.restart();
    expect((await rowsOf(path)).map(({ openId }) => openId)).toEqual(ids);
  });

  it('the callback of a new user names them as the list does', async () => {
    const { items } = (await w.sim('/inboxes/webhook/pushplus')).json as { items: { rendered: string }[] };
    const told = items.map(({ rendered }) => JSON.parse(rendered) as { topicUserInfo?: { openId: string } });
    const ids = told.flatMap(({ topicUserInfo }) => topicUserInfo?.openId ?? []).sort();
    const path = `/topicUser/subscriberList?topicId=${topicId}`;
    expect(ids).toEqual((await rowsOf(path)).map(({ openId }) => openId).sort());
  });
});

describe('no openid', () => {
  it('is in what PushPlus programs and endpoints are told', async () => {
    expectNone({
      list: JSON.stringify(await ming.open(`/topicUser/subscriberList?topicId=${topicId}`, {})),
      friends: JSON.stringify(await ming.open('/friend/list', {})),
      info: JSON.stringify(await ming.open('/user/myInfo')),
      native: (await w.sim('/inboxes/webhook/native')).text,
      pushplus: (await w.sim('/inboxes/webhook/pushplus')).text,
    });
  });

  it('is in what the management API shows of users, messages, callbacks and changes', async () => {
    const messages = await w.db.message.findMany();
    expect(messages.length).toBeGreaterThan(1);
    const traces = await Promise.all(messages.map(({ id }) => w.admin(`/messages/${id}`)));
    expectNone({
      ...Object.fromEntries(traces.map((trace, at) => [`trace ${at}`, trace.text])),
      user: (await w.admin(`/users/${ming.uid}`)).text,
      subscribers: (await w.admin(`/apps/${appId}/subscribers`)).text,
      callbacks: (await w.admin('/callbacks')).text,
    });
  });

  it('is on the operator’s pages, which show enough of one to compare it', async () => {
    const boss = await w.signIn('Boss', { role: 'operator' });
    const paths = ['', '/people', `/people/${ming.uid}`, '/messages', '/audit', '/accounts'];
    const pages = await Promise.all(
      paths.map(async (path) => [path, (await boss.get(`/console${path}`)).text] as const),
    );
    expectNone(Object.fromEntries(pages));
    const [openid = ''] = openids;
    const { text } = await boss.get(`/console/people/${ming.uid}`);
    expect(text).toContain(`${openid.slice(0, 6)}…${openid.slice(-4)}`);
    expect((await boss.get(`/console/people?q=${openid}`)).text).toContain(ming.uid);
  });

  it('is in the log', () => {
    expectNone({ log: w.lines.join('\n') });
  });
});
