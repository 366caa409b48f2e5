/** The verbs of tests about pushes: meet a follower, send, look at the trace, break the platform, move the time. */
import { expect } from 'vitest';
import type { MadeApp } from '#test/support/builders.js';
import type { Phone } from '#test/support/phone.js';
import type { World } from '#test/support/world.js';

export const SEND = '/wechat/cgi-bin/message/template/send';
export const STABLE_TOKEN = '/wechat/cgi-bin/stable_token';
export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;

/** One delivery as the management API shows it. */
export interface TracedDelivery {
  uid: string;
  state: string;
  nextTryAt: number | null;
  waiting: { until: number; code: string; why: string } | null;
  attempts: { at: number; outcome: string; code?: string; detail?: string }[];
}

/** A follower of the app. */
export interface Follower {
  uid: string;
  openid: string;
  phone: Phone;
}

/** The verbs over one world. */
export type Pushing = Awaited<ReturnType<typeof startPushing>>;

/** Makes an app in a world, and the verbs that push through it. */
export async function startPushing(w: World) {
  const app: MadeApp = await w.app('alarm').made();
  let people = 0;

  /** A new follower of the app, or of what another code stands for. */
  async function meet(code = app.qrcodeUrl): Promise<Follower> {
    people += 1;
    const phone = w.phone(`person ${people}`);
    await phone.scans(code);
    return { phone, uid: await phone.uid(), openid: await phone.openid() };
  }

  /** Sends and expects it to be accepted; returns the message's id. */
  async function send(to: string | string[], more: object = {}): Promise<number> {
    const uids = typeof to === 'string' ? [to] : to;
    const body = { appToken: app.appToken, content: `text ${Math.random()}`, uids, ...more };
    const answer = await w.call('/api/send/message', { body });
    const [row] = (answer.json as { data: { code: number; messageContentId: number }[] }).data;
    expect(row?.code).toBe(1000);
    return row?.messageContentId ?? 0;
  }

  /** The trace of a message, its first delivery and how that one's tries ended. */
  async function trace(id: number) {
    const answer = (await w.admin(`/messages/${id}`)).json as {
      state: string;
      total: number;
      waiting: { until: number; code: string } | null;
      deliveries: { total: number; items: TracedDelivery[] };
    };
    const [delivery] = answer.deliveries.items;
    return { ...answer, delivery, outcomes: delivery?.attempts.map(({ outcome }) => outcome) };
  }

  /** How many calls the platform has seen. */
  async function calls(path = SEND): Promise<number> {
    const { calls: all } = (await w.sim('/stats')).json as { calls: Record<string, { count: number }> };
    return all[path]?.count ?? 0;
  }

  return {
    app,
    meet,
    send,
    trace,
    calls,
    /** Breaks calls of the platform. */
    fault: (input: object, path = SEND) => w.sim('/faults', { path, ...input }),
    /** Mends all of it. */
    mend: () => w.sim('/faults', undefined, 'DELETE'),
    /** Moves the time on and delivers what is due then. */
    async advance(ms: number): Promise<void> {
      w.clock.advance(ms);
      await w.drain();
    },
  };
}
