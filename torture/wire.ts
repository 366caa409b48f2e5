/**
 * The wire between the servers and the outside world. Everything that a server sends goes through here, so that the run knows of
 * each message what nobody else does: whether its request went on, and whether the answer was seen.
 */
import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** A try to deliver, as the wire saw it. */
export interface WireTry {
  /** The message. */
  marker: string;
  /** Whom it was for. */
  where: string;
  /** When it came, in real milliseconds since the epoch. */
  at: number;
  /** Whether the other side got the request. */
  isForwarded: boolean;
  /** The call itself asked the other side to drop a repeat of it. */
  asksForCheck: boolean;
  /** What the server was answered; null: it saw no answer. */
  answer: { status: number; text: string } | null;
}

/**
 * What happens to single calls: the request is taken and goes nowhere; it goes on and its answer is lost; the line breaks before the
 * request is whole.
 */
export type WireFault = 'lose-request' | 'lose-answer' | 'cut-early';

/** `refuse`: nobody listens. `silent`: whoever calls waits, and its line breaks in the end. */
export type WireState = 'open' | 'refuse' | 'silent';

/** The wire. */
export interface Wire {
  url: string;
  /** All tries that carried a message. */
  readonly tries: readonly WireTry[];
  /** By what a call shows whom it is for. */
  know(places: readonly { where: string; needle: string }[]): void;
  set(state: WireState): Promise<void>;
  /** So strikes the next calls whose path begins so and that carry a message. */
  strike(fault: { path: string; how: WireFault; count: number }): void;
  /** Breaks every connection that is open now. */
  hangUp(): void;
  /** Tells of every answer to calls whose path begins so. */
  watch(path: string, take: (text: string) => void): void;
  /** Ends what `strike` began. */
  spare(): void;
  close(): Promise<void>;
}

/** WeCom's way to drop a repeat, where the sender wants it. */
const REPEAT_CHECK = '"enable_duplicate_check":1';
const MARKER = /m\d+x\d+z/;
/** As much of an answer as tells whether it says yes. */
const KEPT_ANSWER = 300;

interface Exchange {
  path: string;
  found: WireTry | null;
  incoming: IncomingMessage;
  outgoing: ServerResponse;
  body: Buffer;
}

/** Opens a wire to the outside world at `target`. */
export async function openWire(target: string): Promise<Wire> {
  const far = new URL(target);
  const agent = new Agent({ keepAlive: true, maxSockets: 512 });
  const tries: WireTry[] = [];
  const sockets = new Set<Socket>();
  let places: readonly { where: string; needle: string }[] = [];
  let faults: { path: string; how: WireFault; left: number }[] = [];
  const watchers: { path: string; take: (text: string) => void }[] = [];
  let state: WireState = 'open';

  const server = createServer({ keepAliveTimeout: 60_000, requestTimeout: 0 }, (incoming, outgoing) => {
    void take(incoming, outgoing).catch(() => outgoing.destroy());
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => sockets.delete(socket));
  });

  async function take(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const path = incoming.url ?? '/';
    const early = faults.find(({ how, path: from }) => how === 'cut-early' && path.startsWith(from));
    if (early) {
      use(early);
      incoming.socket.destroy();
      return;
    }
    const parts: Buffer[] = [];
    for await (const part of incoming) {
      parts.push(part as Buffer);
    }
    const body = Buffer.concat(parts);
    const exchange = { path, incoming, outgoing, body, found: identify(incoming, body) };
    if (state === 'silent') {
      return;
    }
    const struck = exchange.found && faults.find(({ path: from }) => path.startsWith(from));
    if (struck) {
      use(struck);
      if (struck.how === 'lose-request') {
        incoming.socket.destroy();
        return;
      }
    }
    await forward(exchange, struck?.how === 'lose-answer');
  }

  function use(fault: { left: number }): void {
    fault.left -= 1;
    faults = faults.filter(({ left }) => left > 0);
  }

  function identify(incoming: IncomingMessage, body: Buffer): WireTry | null {
    const said = `${incoming.url} ${body.toString()}`;
    const marker = MARKER.exec(said)?.[0];
    if (!marker) {
      return null;
    }
    const text = `${said} ${incoming.headers.authorization} ${incoming.headers['x-gotify-key']}`;
    const where = places.find(({ needle }) => text.includes(needle))?.where ?? '';
    const found: WireTry = {
      marker,
      where,
      at: Date.now(),
      isForwarded: false,
      asksForCheck: said.includes(REPEAT_CHECK),
      answer: null,
    };
    tries.push(found);
    return found;
  }

  async function forward({ path, incoming, outgoing, body, found }: Exchange, isAnswerLost: boolean) {
    const onward = request({
      agent,
      host: far.hostname,
      port: far.port,
      path,
      method: incoming.method,
      headers: incoming.headers,
    });
    if (found) {
      found.isForwarded = true;
    }
    onward.end(body);
    const [answer] = (await once(onward, 'response')) as [IncomingMessage];
    const parts: Buffer[] = [];
    for await (const part of answer) {
      parts.push(part as Buffer);
    }
    if (isAnswerLost) {
      incoming.socket.destroy();
      return;
    }
    const text = Buffer.concat(parts);
    for (const watcher of watchers.filter(({ path: from }) => path.startsWith(from))) {
      watcher.take(text.toString());
    }
    outgoing.once('finish', () => {
      if (found) {
        found.answer = { status: answer.statusCode ?? 0, text: text.toString().slice(0, KEPT_ANSWER) };
      }
    });
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    outgoing.end(text);
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const breakAll = (): void => {
    for (const socket of sockets) {
      socket.destroy();
    }
  };
  const shut = async (): Promise<void> => {
    if (server.listening) {
      const closed = once(server, 'close');
      server.close();
      breakAll();
      await closed;
    }
  };
  const listen = async (): Promise<void> => {
    if (!server.listening) {
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
    }
  };
  return {
    url: `http://127.0.0.1:${port}`,
    tries,
    know: (known) => {
      places = known;
    },
    set: async (next) => {
      const was = state;
      state = next;
      if (next === 'refuse') {
        await shut();
        return;
      }
      await listen();
      if (was === 'silent') {
        breakAll();
      }
    },
    strike: ({ path, how, count }) => {
      faults.push({ path, how, left: count });
    },
    hangUp: breakAll,
    watch: (path, take) => {
      watchers.push({ path, take });
    },
    spare: () => {
      faults = [];
    },
    close: async () => {
      await shut();
      agent.destroy();
    },
  };
}
