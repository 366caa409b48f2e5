/** Random traffic through every door; keeps in a book what was asked and what was answered. */
import { setTimeout as sleep } from 'node:timers/promises';
import { drawCall } from './doors.js';
import { type Answer, call, fieldOf } from './http.js';
import { type Cast, makeFollower, type Receiver } from './people.js';
import type { Random } from './random.js';
import type { World } from './world.js';

/** A message that was asked for. `unknown`: the call broke off, or its answer leaves it open. */
export interface Sending {
  door: string;
  /** Stands in the message, and in no other. */
  marker: string;
  to: readonly Receiver[];
  /** When it was asked, in real milliseconds since the epoch. */
  at: number;
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

/** How traffic runs. */
export interface TrafficOptions {
  random: Random;
  /** At least so long. */
  forMs: number;
  /** And until this says so. */
  isOver(): boolean;
  /** So many messages a second, whatever becomes of them; null: lanes that send one after the other. */
  rate: number | null;
  /** The share of messages to people whose pace is slow, where not the usual one. */
  slowShare?: number | undefined;
}

const LANES = 6;
const LONGEST_PAUSE_MS = 60;
/** At a rate nobody waits for answers, up to so many. */
const MOST_OPEN = 500;
const TICK_MS = 20;
/** With fewer a run would prove nothing: on a busy machine it takes longer. */
const LEAST_ACCEPTED = 12;
const PATIENCE_MS = 60_000;

/** Sends until the time is over. Each lane's acts are drawn from the seed, whatever becomes of them. */
export async function runTraffic(world: World, cast: Cast, options: TrafficOptions): Promise<Book> {
  const book: Book = { sendings: [], deeds: [] };
  const endsAt = Date.now() + options.forMs;
  const isTooLittle = (): boolean =>
    Date.now() < endsAt + PATIENCE_MS &&
    book.sendings.filter(({ answer }) => answer === 'accepted').length < LEAST_ACCEPTED;
  const goesOn = (): boolean => Date.now() < endsAt || !options.isOver() || isTooLittle();
  const runAct = (random: Random, marker: string): Promise<void> =>
    world.traffic.through(() => act(world, cast, { random, marker, book, slowShare: options.slowShare }));
  if (options.rate !== null) {
    await runAtRate(options.rate, goesOn, (count) => {
      const marker = `m0x${count}z`;
      return runAct(options.random.branch(marker), marker);
    });
    return book;
  }
  const runLane = async (lane: number): Promise<void> => {
    const random = options.random.branch(`lane ${lane}`);
    for (let count = 1; goesOn(); count += 1) {
      await runAct(random, `m${lane}x${count}z`);
      await sleep(random.between(0, LONGEST_PAUSE_MS));
    }
  };
  await Promise.all(Array.from({ length: LANES }, (_, lane) => runLane(lane)));
  return book;
}

/** Begins acts in even steps of time. Those that the machine is too slow for are not made up for. */
async function runAtRate(
  rate: number,
  goesOn: () => boolean,
  begin: (count: number) => Promise<void>,
): Promise<void> {
  const open = new Set<Promise<void>>();
  let count = 0;
  let owed = 0;
  for (let last = Date.now(); goesOn(); await sleep(TICK_MS)) {
    const now = Date.now();
    owed = Math.min(rate, owed + ((now - last) / 1000) * rate);
    last = now;
    for (; owed >= 1 && open.size < MOST_OPEN; owed -= 1) {
      count += 1;
      const act = begin(count);
      open.add(act);
      void act.finally(() => open.delete(act));
    }
  }
  await Promise.all(open);
}

interface ActInput {
  random: Random;
  marker: string;
  book: Book;
  slowShare?: number | undefined;
}

async function act(world: World, cast: Cast, { random, marker, book, slowShare }: ActInput): Promise<void> {
  const kind = random.next();
  if (kind < 0.08) {
    await command(world, cast, { random, marker, book });
  } else if (kind < 0.12) {
    await follow(world, cast, book);
  } else {
    const asked = drawCall(cast, { random, marker, slowShare });
    const headers: Record<string, string> =
      typeof asked.body === 'string' ? { 'content-type': 'text/plain' } : {};
    const at = Date.now();
    const answer = await call(world.url + asked.path, asked.body, headers);
    const isForNow = answer?.status === 503 && answer.retryAfter !== null;
    const verdict = judge(answer, {
      isForNow,
      isAccepted: asked.isAccepted,
      tellsSending: asked.tellsSending,
    });
    const said =
      verdict === 'refused' ? `${answer?.status} ${JSON.stringify(answer?.json)?.slice(0, 200)}` : '';
    book.sendings.push({ at, door: asked.door, marker, to: asked.to, answer: verdict, said, isForNow });
  }
}

function judge(
  answer: Answer | null,
  door: { isForNow: boolean; isAccepted(json: unknown): boolean; tellsSending: true | undefined },
): Sending['answer'] {
  if (answer === null) {
    return 'unknown';
  }
  if (door.isAccepted(answer.json)) {
    return 'accepted';
  }
  return door.tellsSending && !door.isForNow ? 'unknown' : 'refused';
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
