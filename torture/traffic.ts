/** Random traffic through several doors; keeps in a book what was asked and what was answered. */
import { setTimeout as sleep } from 'node:timers/promises';
import { call, fieldOf } from './http.js';
import { type Cast, makeFollower, type Receiver } from './people.js';
import type { Random } from './random.js';
import type { World } from './world.js';

/** A message that was asked for. `unknown`: the call broke off. */
export interface Sending {
  door: string;
  /** Stands in the message, and in no other. */
  marker: string;
  to: readonly Receiver[];
  answer: 'accepted' | 'refused' | 'unknown';
  /** What a refusal said. */
  said: string;
  /** A refusal said by 503 and Retry-After that the same call may go well later. */
  isForNow: boolean;
}

/** What a person did that the server answered for: a command, or following an app. */
export interface Deed {
  kind: 'command' | 'follow';
  /** The command's words, or the openid. */
  marker: string;
}

/** All that was asked. */
export interface Book {
  sendings: Sending[];
  deeds: Deed[];
}

interface DoorCall {
  door: string;
  to: readonly Receiver[];
  url: string;
  body: object | string;
  isAccepted(json: unknown): boolean;
}

const LANES = 6;
const LONGEST_PAUSE_MS = 60;
const MOST_RECEIVERS = 3;

/** Sends in several lanes until the time is over. Each lane's acts are drawn from the seed, whatever becomes of them. */
export async function runTraffic(
  world: World,
  cast: Cast,
  run: { random: Random; forMs: number },
): Promise<Book> {
  const book: Book = { sendings: [], deeds: [] };
  const endsAt = Date.now() + run.forMs;
  const runLane = async (lane: number): Promise<void> => {
    const random = run.random.branch(`lane ${lane}`);
    for (let count = 1; Date.now() < endsAt; count += 1) {
      await act(world, cast, { random, marker: `m${lane}x${count}z`, book });
      await sleep(random.between(0, LONGEST_PAUSE_MS));
    }
  };
  await Promise.all(Array.from({ length: LANES }, (_, lane) => runLane(lane)));
  return book;
}

interface ActInput {
  random: Random;
  marker: string;
  book: Book;
}

async function act(world: World, cast: Cast, { random, marker, book }: ActInput): Promise<void> {
  const kind = random.next();
  if (kind < 0.08) {
    await command(world, cast, { random, marker, book });
  } else if (kind < 0.12) {
    await follow(world, cast, book);
  } else {
    const asked = drawCall(world.url, cast, { random, marker });
    const headers: Record<string, string> =
      typeof asked.body === 'string' ? { 'content-type': 'text/plain' } : {};
    const answer = await call(asked.url, asked.body, headers);
    const { door, to } = asked;
    const verdict = answer === null ? 'unknown' : asked.isAccepted(answer.json) ? 'accepted' : 'refused';
    const said =
      verdict === 'refused' ? `${answer?.status} ${JSON.stringify(answer?.json)?.slice(0, 200)}` : '';
    const isForNow = answer?.status === 503 && answer.retryAfter !== null;
    book.sendings.push({ door, marker, to, answer: verdict, said, isForNow });
  }
}

/** Draws a message and the door it goes through. */
function drawCall(url: string, cast: Cast, { random, marker }: { random: Random; marker: string }): DoorCall {
  const door = random.pick(['wxpusher', 'wxpusher-topic', 'serverchan', 'pushplus', 'ntfy'] as const);
  const person = random.pick(cast.people);
  const { appToken } = cast.app;
  const isThousand = (json: unknown): boolean => fieldOf(json, 'code') === 1000;
  switch (door) {
    case 'wxpusher': {
      const to = random.sample(cast.people, random.between(1, MOST_RECEIVERS));
      const body = { appToken, content: marker, uids: to.map(({ uid }) => uid) };
      return { door, to, url: `${url}/api/send/message`, body, isAccepted: isThousand };
    }
    case 'wxpusher-topic': {
      const topic = random.pick(cast.topics);
      const body = { appToken, content: marker, topicIds: [topic.id] };
      return { door, to: topic.members, url: `${url}/api/send/message`, body, isAccepted: isThousand };
    }
    case 'serverchan':
      return {
        door,
        to: [person],
        url: `${url}/${person.sendkey}.send`,
        body: { title: marker, desp: `content of ${marker}` },
        isAccepted: (json) => fieldOf(json, 'code') === 0,
      };
    case 'pushplus':
      return {
        door,
        to: [person],
        url: `${url}/send`,
        body: { token: person.pushplus, title: marker, content: marker },
        isAccepted: (json) => fieldOf(json, 'code') === 200,
      };
    case 'ntfy':
      return {
        door,
        to: [person],
        url: `${url}/${person.ntfy}`,
        body: marker,
        isAccepted: (json) => fieldOf(json, 'event') === 'message',
      };
  }
}

/** A person writes to the app; the server's reply says that it took the words in. */
async function command(world: World, cast: Cast, { random, marker, book }: ActInput): Promise<void> {
  const { openid } = random.pick(cast.people);
  if (await isAnswered(world, `/followers/${openid}/messages`, { content: `#${cast.app.id} ${marker}` })) {
    book.deeds.push({ kind: 'command', marker });
  }
}

async function follow(world: World, cast: Cast, book: Book): Promise<void> {
  const openid = await makeFollower(world);
  if (await isAnswered(world, `/followers/${openid}/scan`, { url: cast.follows.qrcodeUrl })) {
    book.deeds.push({ kind: 'follow', marker: openid });
  }
}

async function isAnswered(world: World, path: string, body: object): Promise<boolean> {
  const answer = await call(`${world.simulator}/api${path}`, body);
  return (fieldOf(answer?.json, 'reply') ?? null) !== null;
}
