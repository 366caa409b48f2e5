/** What tests of HTTP channels share: a message, a receiver, a guarded client, and a peer that keeps what came. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Channel, ChannelIo, ChannelSettings } from '#src/channels/channel.js';
import type { MessageContent, Outcome } from '#src/core/types.js';
import { createSafeFetch } from '#src/lib/safe-fetch.js';
import { createTestClock } from '#test/support/clock.js';

/** Things to undo after a test, last first. */
export type Cleanups = (() => unknown)[];

/** Undoes them all. */
export async function cleanUp(cleanups: Cleanups): Promise<void> {
  for (const clean of cleanups.splice(0).reverse()) {
    await clean();
  }
}

/** A message as a channel gets it. */
export function messageOf(changed: Partial<MessageContent> = {}): MessageContent {
  return {
    id: 4711,
    appId: 97,
    appName: '机房告警',
    title: 'CPU > 90%',
    summary: '',
    body: '主机 "db-1" 🔥\n请检查',
    format: 'text',
    url: 'https://link.example/a?b=1&c=2',
    pageUrl: 'https://q.example/m/1-abc',
    createdAt: new Date('2026-11-23T10:05:00Z'),
    isUrgent: false,
    extras: {},
    ...changed,
  };
}

/** Nobody in particular. */
export const NOBODY = { personId: 5, uid: 'UID_x', address: '' };

/** One request as it came. */
export interface Seen {
  method: string;
  path: string;
  headers: IncomingMessage['headers'];
  body: string;
}

/** What a peer answers. */
export type PeerAnswer = (res: ServerResponse) => unknown;

/** A peer that keeps what came and answers as told. */
export async function openPeer(cleanups: Cleanups, answer: PeerAnswer) {
  const seen: Seen[] = [];
  const server = createServer(async (req, res) => {
    const chunks: Buffer[] = [];
    for await (const chunk of req) {
      chunks.push(chunk as Buffer);
    }
    const { method = '', url: path = '', headers } = req;
    seen.push({ method, path, headers, body: Buffer.concat(chunks).toString() });
    answer(res);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { seen, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** An answer of a status with a JSON body, or a text as it is. */
export function answering(
  status: number,
  body: unknown = '',
  headers: Record<string, string> = {},
): PeerAnswer {
  return (res) => res.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
}

/** The means of a send; the clock stands at 2026-11-23 12:00 in China. */
export function openIo(cleanups: Cleanups, allowPrivate = true): ChannelIo {
  const http = createSafeFetch({ allowPrivate });
  cleanups.push(() => http.close());
  return { deliveryId: 77, http, clock: createTestClock() };
}

/** Sends a message by a channel to nobody in particular. */
export function sendBy<Card>(
  channel: Channel<Card>,
  settings: ChannelSettings,
  input: { message?: MessageContent; io: ChannelIo; address?: string },
): Promise<Outcome> {
  const { message = messageOf(), io, address = '' } = input;
  return channel.send(channel.render(message), settings, { ...NOBODY, address }, io);
}

/** The fields that a channel finds wrong in settings. */
export function wrongFields<Card>(channel: Channel<Card>, settings: ChannelSettings): string[] {
  return (channel.checkSettings?.(settings) ?? []).map(({ field }) => field);
}
