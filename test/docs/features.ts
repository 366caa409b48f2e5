/** One request for each thing that a dialect says it can do, and what must come of it. */
import { expect } from 'vitest';
import type { DialectFeature } from '#src/dialects/registry.js';
import type { Ask } from '#test/support/http.js';
import type { World } from '#test/support/world.js';
import type { Desk } from './desk.js';

/** Makes the request and checks what came of it. */
type Trial = (desk: Desk) => Promise<void>;

/** A request that is taken in, and the stored message that it must become. */
function stores(toAsk: (desk: Desk) => Ask & { path: string }, wanted: Record<string, unknown>): Trial {
  return async (desk) => {
    const { path, ...rest } = toAsk(desk);
    const answer = await desk.w.call(path, rest);
    expect([answer.status, answer.text]).toEqual([200, expect.not.stringContaining('"success":false')]);
    expect(await newest(desk.w)).toMatchObject(wanted);
  };
}

async function newest(w: World) {
  const row = await w.db.message.findFirstOrThrow({ orderBy: { id: 'desc' } });
  const people: number[] = JSON.parse(row.audience).people;
  return { ...row, receivers: people.length };
}

const wxpusher = (more: object) => (d: Desk) => ({
  path: '/api/send/message',
  body: { appToken: d.app.appToken, uids: [d.uid], content: 'c', ...more },
});
const serverchan = (more: object) => (d: Desk) => ({
  path: `/${d.keys.sendkey}.send`,
  body: { title: 't', desp: 'd', ...more },
});
const bark = (more: object) => (d: Desk) => ({
  path: '/push',
  body: { device_key: d.keys.bark, body: 'b', ...more },
});
const pushdeer = (more: object) => (d: Desk) => ({
  path: '/message/push',
  body: { pushkey: d.keys.pushdeer, text: 't', ...more },
});
const ntfy = (headers: Record<string, string>) => (d: Desk) => ({
  path: `/${d.keys.ntfy}`,
  method: 'POST',
  body: 'b',
  headers,
});
const gotify = (more: object) => (d: Desk) => ({
  path: `/message?token=${d.keys.gotify}`,
  body: { message: 'm', ...more },
});
const pushplus = (more: object) => (d: Desk) => ({
  path: `/send/${d.keys.pushplus}`,
  body: { content: 'c', ...more },
});
const notify = (more: object) => (d: Desk) => ({
  path: `/api/notify/${d.notifyCode}`,
  body: { content: 'c', ...more },
});

/** By dialect and feature. */
export const TRIALS: Readonly<Record<string, Partial<Record<DialectFeature, Trial>>>> = {
  wxpusher: {
    summary: stores(wxpusher({ summary: '卡片' }), { summary: '卡片' }),
    markdown: stores(wxpusher({ contentType: 3 }), { format: 'markdown' }),
    html: stores(wxpusher({ contentType: 2 }), { format: 'html' }),
    link: stores(wxpusher({ url: 'https://a.example/' }), { url: 'https://a.example/' }),
    several: stores(
      (d) => ({
        path: '/api/send/message/simple-push',
        body: { content: 'c', sptList: [d.keys.spt, d.others.spt] },
      }),
      { receivers: 2 },
    ),
    topic: async (d) => {
      await stores(wxpusher({ uids: [], topicIds: [d.topicId] }), { receivers: 0 })(d);
      expect(JSON.parse((await newest(d.w)).audience).topics).toEqual([d.topicId]);
    },
    status: async (d) => {
      const sent = await d.w.call('/api/send/message', wxpusher({})(d));
      const { data } = sent.json as { data: { sendRecordId: number }[] };
      await d.w.drain();
      const answer = await d.w.call(`/api/send/query/status?sendRecordId=${data[0]?.sendRecordId}`);
      expect(answer.json).toMatchObject({ code: 1000, data: 2 });
    },
    callback: async (d) => {
      await d.w.phone('Ming').says(`#${d.app.id} 重启`);
      await d.w.drain();
      const { items } = (await d.w.sim('/inboxes/webhook/docs')).json as {
        items: { request: { body: string } }[];
      };
      expect(JSON.parse(items[0]?.request.body ?? '')).toMatchObject({
        action: 'send_up_cmd',
        data: { content: '重启' },
      });
    },
    takedown: async (d) => {
      await d.w.call('/api/send/message', wxpusher({})(d));
      const { id } = await newest(d.w);
      const path = `/api/send/message?messageContentId=${id}&appToken=${d.app.appToken}`;
      expect((await d.w.call(path, { method: 'DELETE' })).json).toMatchObject({ code: 1000, data: true });
    },
  },
  serverchan: {
    title: stores(serverchan({ title: '标题' }), { title: '标题' }),
    summary: stores(serverchan({ short: '卡片' }), { summary: '卡片' }),
    markdown: stores(serverchan({ desp: '**粗**' }), { format: 'markdown' }),
    channel: stores(serverchan({ channel: '8' }), { channels: '["iphone"]' }),
    several: stores(serverchan({ channel: '66', openid: 'lisi|wangwu' }), {
      extras: expect.stringContaining('"receivers":["lisi","wangwu"]'),
    }),
    status: async (d) => {
      const { path, ...sent } = serverchan({})(d);
      const { data } = (await d.w.call(path, sent)).json as { data: { pushid: string; readkey: string } };
      await d.w.drain();
      const answer = await d.w.call(`/push?id=${data.pushid}&readkey=${data.readkey}`);
      expect(answer.json).toMatchObject({ code: 0, data: { wxstatus: expect.stringContaining('errcode') } });
    },
    encryption: stores(serverchan({ encoded: '1', desp: 'dol13MSSvqbCuDZelwukIg==' }), {
      body: 'dol13MSSvqbCuDZelwukIg==',
      extras: expect.stringContaining('"encoded":true'),
    }),
  },
  pushplus: {
    title: stores(pushplus({ title: '标题' }), { title: '标题' }),
    markdown: stores(pushplus({ template: 'markdown', content: '**粗**' }), { format: 'markdown' }),
    html: stores(pushplus({ content: '<b>粗</b>' }), { format: 'html' }),
    expiry: stores(pushplus({ timestamp: 1_900_000_000_000 }), { expiresAt: new Date(1_900_000_000_000) }),
    channel: stores(pushplus({ channel: 'cp', option: 'work' }), { channels: '["work"]' }),
    topic: async (d) => {
      const { personId } = await d.w.core.people.getByUid(d.uid);
      const space = await d.w.core.spaces.getSpace(personId);
      const topic = await d.w.core.topics.createTopic(space.id, { name: '群组', alias: 'family' });
      await stores(pushplus({ topic: 'family' }), { receivers: 0 })(d);
      expect(JSON.parse((await newest(d.w)).audience).topics).toEqual([topic.id]);
    },
    status: async (d) => {
      const { path, ...sent } = pushplus({})(d);
      const { data } = (await d.w.call(path, sent)).json as { data: string };
      expect((await d.w.call(`/shortMessage/${data}`)).status).toBeLessThan(400);
    },
    callback: async (d) => {
      await d.w.call(`/send/${d.keys.pushplus}`, {
        body: { content: 'c', callbackUrl: d.w.webhook('pushplus') },
      });
      await d.w.drain();
      await d.w.drain();
      const { items } = (await d.w.sim('/inboxes/webhook/pushplus')).json as {
        items: { request: { body: string } }[];
      };
      expect(JSON.parse(items[0]?.request.body ?? '{}')).toMatchObject({
        event: 'message_complate',
        messageInfo: { sendStatus: 2 },
      });
    },
  },
  'wecom-notify': {
    title: stores(notify({ title: '标题' }), { title: '标题' }),
    markdown: stores(notify({ content: '**粗**' }), { format: 'markdown', body: '**粗**' }),
  },
  bark: {
    title: stores(bark({ title: '标题' }), { title: '标题' }),
    markdown: stores(bark({ markdown: '**粗**' }), { format: 'markdown' }),
    link: stores(bark({ url: 'https://a.example/' }), { url: 'https://a.example/' }),
    urgent: stores(bark({ level: 'critical' }), { priority: 1 }),
    several: stores(
      (d) => ({ path: '/push', body: { body: 'b', device_keys: [d.keys.bark, d.others.bark] } }),
      {
        receivers: 2,
      },
    ),
    encryption: stores(bark({ body: undefined, ciphertext: 'c2VjcmV0' }), {
      extras: expect.stringContaining('"ciphertext":"c2VjcmV0"'),
    }),
  },
  pushdeer: {
    title: stores(pushdeer({ text: '标题', desp: 'd' }), { title: '标题', body: 'd' }),
    markdown: stores(pushdeer({ desp: '**粗**' }), { format: 'markdown' }),
    several: stores(
      (d) => ({
        path: '/message/push',
        body: { pushkey: `${d.keys.pushdeer},${d.others.pushdeer}`, text: 't' },
      }),
      { receivers: 2 },
    ),
  },
  ntfy: {
    title: stores(ntfy({ title: 'Title' }), { title: 'Title' }),
    markdown: stores(ntfy({ markdown: 'yes' }), { format: 'markdown' }),
    link: stores(ntfy({ click: 'https://a.example/' }), { url: 'https://a.example/' }),
    urgent: stores(ntfy({ priority: '5' }), { priority: 1 }),
    schedule: async (d) => {
      await stores(ntfy({ delay: '30m' }), {})(d);
      expect((await newest(d.w)).sendAt?.getTime()).toBe(d.w.clock.now() + 30 * 60_000);
    },
    takedown: async (d) => {
      await stores(ntfy({ 'x-sequence-id': 'gone' }), { body: 'b', deletedAt: null })(d);
      const { id } = await newest(d.w);
      expect((await d.w.call(`/${d.keys.ntfy}/gone`, { method: 'DELETE' })).status).toBe(200);
      expect((await d.w.db.message.findUnique({ where: { id } }))?.deletedAt).not.toBeNull();
    },
  },
  gotify: {
    title: stores(gotify({ title: '标题' }), { title: '标题' }),
    markdown: stores(gotify({ extras: { 'client::display': { contentType: 'text/markdown' } } }), {
      format: 'markdown',
    }),
    link: stores(gotify({ extras: { 'client::notification': { click: { url: 'https://a.example/' } } } }), {
      url: 'https://a.example/',
    }),
    urgent: stores(gotify({ priority: 8 }), { priority: 1 }),
  },
};
