/** Talks to the simulated WeCom as an app does. */
import { simulatedWecom } from '#src/simulator/index.js';
import { type Answer, ask, itemsOf, type SimWorld } from '../sim-world.js';

/** How the app asks. */
export interface Asked {
  /** Takes the place of the good token; null: none at all. */
  token?: string | null;
  corpId?: string;
  secret?: string;
  query?: Record<string, string>;
  body?: unknown;
  raw?: string;
  method?: string;
}

/** Asks for a token. */
export function getToken(sim: SimWorld, query: Record<string, string> = {}): Promise<Answer> {
  const { corpId, secret } = simulatedWecom;
  const full = new URLSearchParams({ corpid: corpId, corpsecret: secret, ...query });
  return ask(`${sim.base}/wecom/cgi-bin/gettoken?${full}`);
}

/** A call below /wecom with a good token. A body makes it a POST. */
export async function wecom(sim: SimWorld, path: string, asked: Asked = {}): Promise<Answer> {
  const { corpId = simulatedWecom.corpId, secret = simulatedWecom.secret, body, raw } = asked;
  const token =
    asked.token === undefined
      ? String((await getToken(sim, { corpid: corpId, corpsecret: secret })).body.access_token)
      : asked.token;
  const query = new URLSearchParams({ ...(token === null ? {} : { access_token: token }), ...asked.query });
  const content = raw ?? (body === undefined ? undefined : JSON.stringify(body));
  return ask(`${sim.base}/wecom${path}?${query}`, {
    method: asked.method ?? (content === undefined ? 'GET' : 'POST'),
    body: content,
  });
}

/** A text message with these fields changed; undefined takes one away. */
export function textTo(touser: string, changes: Record<string, unknown> = {}): Record<string, unknown> {
  const { agentId } = simulatedWecom;
  return { touser, msgtype: 'text', agentid: agentId, text: { content: '你好' }, ...changes };
}

/** Sends an app message. */
export function send(sim: SimWorld, body: unknown, asked: Asked = {}): Promise<Answer> {
  return wecom(sim, '/cgi-bin/message/send', { body, ...asked });
}

/** The newest first of what arrived. */
export async function wecomInbox(sim: SimWorld): Promise<Record<string, unknown>[]> {
  return itemsOf(await sim.api('GET', '/inboxes/wecom'));
}

/** The newest first of a member's chat. */
export async function talkOf(sim: SimWorld, userId: string): Promise<Record<string, unknown>[]> {
  return itemsOf(await sim.api('GET', `/wecom/members/${userId}/inbox`));
}

/** How the platform words a refusal. */
export function refusalText(sim: SimWorld, errcode: number, words = ''): RegExp {
  const seconds = Math.floor(sim.now() / 1000);
  return new RegExp(
    `^.*${words}.*, hint: \\[${seconds}\\d{15}\\], from ip: 127\\.0\\.0\\.1, more info at https://open\\.work\\.weixin\\.qq\\.com/devtool/query\\?e=${errcode}$`,
  );
}
