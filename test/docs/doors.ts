/** How a message goes in by each dialect to somebody who receives by a kind of channel. */
import { setImmediate } from 'node:timers/promises';
import type { KeyKind } from '#src/core/key-kinds.js';
import { simulatedWecom } from '#src/simulator/index.js';
import type { Answer, Ask } from '#test/support/http.js';
import type { World } from '#test/support/world.js';
import type { Receiver } from './outside.js';

/** What a message says; the body is Markdown. */
export interface Said {
  title: string;
  body: string;
  link: string;
}

/** Sends by one dialect. The answer is the dialect's own. */
export type Door = (w: World, to: Pick<Receiver, 'personId' | 'uid'>, said: Said) => Promise<Answer>;

/** A door for which a person's key is enough. */
function byKey(kind: KeyKind, toAsk: (key: string, said: Said) => Ask & { path: string }): Door {
  return async (w, { personId }, said) => {
    const { path, ...rest } = toAsk(await w.core.keys.showKey(personId, kind), said);
    return w.call(path, rest);
  };
}

/** Every dialect's door, by its name. */
export const DOORS: Readonly<Record<string, Door>> = {
  wxpusher: byKey('spt', (spt, { title, body, link }) => ({
    path: '/api/send/message/simple-push',
    body: { spt, summary: title, content: body, contentType: 3, url: link },
  })),
  serverchan: byKey('sendkey', (key, { title, body }) => ({
    path: `/${key}.send`,
    body: { title, desp: body },
  })),
  'wecom-notify': notify,
  bark: byKey('bark', (key, { title, body, link }) => ({
    path: '/push',
    body: { device_key: key, title, markdown: body, url: link },
  })),
  pushplus: byKey('pushplus', (token, { title, body }) => ({
    path: '/send',
    body: { token, title, content: body, template: 'markdown' },
  })),
  pushdeer: byKey('pushdeer', (pushkey, { title, body }) => ({
    path: '/message/push',
    body: { pushkey, text: title, desp: body },
  })),
  ntfy: byKey('ntfy', (topic, { title, body, link }) => ({
    path: '/ntfy/',
    body: { topic, title, message: body, click: link, markdown: true },
  })),
  gotify: byKey('gotify', (token, { title, body, link }) => ({
    path: `/message?token=${token}`,
    body: {
      title,
      message: body,
      extras: {
        'client::display': { contentType: 'text/markdown' },
        'client::notification': { click: { url: link } },
      },
    },
  })),
};

/** Makes a code and sends by it; its answer waits for WeCom, so the engine works meanwhile. */
async function notify(w: World, _to: unknown, { title, body }: Said): Promise<Answer> {
  const { corpId, agentId, secret } = simulatedWecom;
  const app = { corpId, agentId: String(agentId), secret, receivers: 'lisi', format: 'markdown' } as const;
  const { code } = await w.core.notifyCodes.createCode(app, null);
  let isAnswered = false;
  const asked = w.call(`/api/notify/${code}`, { body: { title, content: body } }).finally(() => {
    isAnswered = true;
  });
  while (!isAnswered) {
    await w.drain();
    // Lets requests and answers pass.
    await setImmediate();
  }
  return asked;
}
