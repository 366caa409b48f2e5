/** Every door in: how a message goes through it, and what an answer of success is. */
import { fieldOf } from './http.js';
import type { Cast, Receiver } from './people.js';
import type { Random } from './random.js';
import { wayOf } from './receivers.js';

/** A call at a door. */
export interface DoorCall {
  door: string;
  to: readonly Receiver[];
  path: string;
  body: object | string;
  isAccepted(json: unknown): boolean;
  /** Its answer tells how the sending went, so that any other than success leaves open whether there is a message. */
  tellsSending?: true;
}

type Door = (input: { cast: Cast; person: Receiver; random: Random; marker: string }) => DoorCall;

const MOST_RECEIVERS = 3;
/** People and doors whose pace is slow are taken this rarely: what waits for a pace must end within the run. */
const SLOW_SHARE = 0.02;

const is =
  (field: string, wanted: unknown) =>
  (json: unknown): boolean =>
    fieldOf(json, field) === wanted;

const toOne =
  (door: string, toCall: (person: Receiver, marker: string) => Omit<DoorCall, 'door' | 'to'>): Door =>
  ({ person, marker }) => ({ door, to: [person], ...toCall(person, marker) });

/** WxPusher's messages have no title. */
const UNTITLED: readonly Door[] = [
  ({ cast, random, marker }) => {
    const readers = quickOf(cast).filter(({ way }) => !wayOf(way).showsTitles);
    const to = random.sample(readers, random.between(1, MOST_RECEIVERS));
    const body = {
      appToken: cast.app.appToken,
      summary: marker,
      content: marker,
      uids: to.map(({ uid }) => uid),
    };
    return { door: 'wxpusher', to, path: '/api/send/message', body, isAccepted: is('code', 1000) };
  },
  ({ cast, random, marker }) => {
    const topic = random.pick(cast.topics);
    const body = { appToken: cast.app.appToken, content: marker, topicIds: [topic.id] };
    const path = '/api/send/message';
    return { door: 'wxpusher-topic', to: topic.members, path, body, isAccepted: is('code', 1000) };
  },
  toOne('wxpusher-spt', ({ keys }, marker) => ({
    path: '/api/send/message/simple-push',
    body: { spt: keys.spt, summary: marker, content: `content of ${marker}`, contentType: 3 },
    isAccepted: is('code', 1000),
  })),
];

const TITLED: readonly Door[] = [
  toOne('serverchan', ({ keys }, marker) => ({
    path: `/${keys.sendkey}.send`,
    body: { title: marker, desp: `content of ${marker}` },
    isAccepted: is('code', 0),
  })),
  toOne('pushplus', ({ keys }, marker) => ({
    path: '/send',
    body: { token: keys.pushplus, title: marker, content: marker },
    isAccepted: is('code', 200),
  })),
  toOne('ntfy', ({ keys }, marker) => ({
    path: `/${keys.ntfy}?title=${marker}`,
    body: `content of ${marker}`,
    isAccepted: is('event', 'message'),
  })),
  toOne('bark', ({ keys }, marker) => ({
    path: '/push',
    body: { device_key: keys.bark, title: marker, body: `content of ${marker}` },
    isAccepted: is('code', 200),
  })),
  toOne('pushdeer', ({ keys }, marker) => ({
    path: '/message/push',
    body: { pushkey: keys.pushdeer, text: marker, desp: `content of ${marker}` },
    isAccepted: is('code', 0),
  })),
  toOne('gotify', ({ keys }, marker) => ({
    path: `/message?token=${keys.gotify}`,
    body: { title: marker, message: `content of ${marker}` },
    isAccepted: (json) => typeof fieldOf(json, 'id') === 'number',
  })),
];

const DOORS: readonly Door[] = [...UNTITLED, ...TITLED];

/** Draws a message and the door it goes through. */
export function drawCall(
  cast: Cast,
  {
    random,
    marker,
    slowShare = SLOW_SHARE,
  }: { random: Random; marker: string; slowShare?: number | undefined },
): DoorCall {
  const isSlow = random.next() < slowShare;
  const slow = cast.people.filter(({ way }) => wayOf(way).isSlow);
  const person = random.pick(isSlow && slow.length > 0 ? slow : quickOf(cast));
  const door = random.pick(wayOf(person.way).showsTitles ? TITLED : DOORS);
  if (isSlow && cast.notify && random.next() < 1 / (slow.length + 1)) {
    const { code, members } = cast.notify;
    const body = { title: marker, content: `content of ${marker}` };
    const isAccepted = (json: unknown): boolean => is('errcode', 0)(fieldOf(json, 'response'));
    const path = `/api/notify/${code}`;
    return { door: 'wecom-notify', to: [members], path, body, isAccepted, tellsSending: true };
  }
  return door({ cast, person, random, marker });
}

function quickOf(cast: Cast): readonly Receiver[] {
  return cast.people.filter(({ way }) => !wayOf(way).isSlow);
}
