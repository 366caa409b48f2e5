/** The people with WeChat: who they are to the account, whether they follow, and what they switched off. */
import { randomLowerText } from '#src/lib/ids.js';
import { hashText } from '../stats.js';
import type { InboxItem } from './inbox.js';
import { REMEMBERED_PEOPLE, type RememberedPeople } from './remembered.js';
import type { Windows } from './windows.js';

const SEED_LENGTH = 12;
const INDEX_LENGTH = 15;

/** How somebody came to follow, as user/info tells it. */
export interface FollowScene {
  /** `ADD_SCENE_SEARCH`, `ADD_SCENE_QR_CODE`. */
  readonly how: string;
  /** The scene of the code, if there was one. */
  readonly scene: string | number | null;
}

const BY_SEARCH: FollowScene = { how: 'ADD_SCENE_SEARCH', scene: null };

/** A person. Lists and sets are made when first needed, so that a silent person costs little memory. */
export class Person {
  isFollowing = false;
  /** Unix seconds; 0 before the first time. */
  followedAt = 0;
  followScene: FollowScene = BY_SEARCH;
  /** Refuses everything the account sends. */
  isBlocking = false;
  /** OAuth gives a preview identity, as WeChat does in its page preview. */
  isSnapshot = false;
  inbox: InboxItem[] | null = null;
  /** Own messages, passive replies and notices. */
  talk: InboxItem[] | null = null;
  windows: Windows | null = null;
  /** Template ids this person switched off. */
  refused: Set<string> | null = null;
  /** Consents left, by template id. */
  consents: Map<string, number> | null = null;
  private seenCards: Set<number> | number[] | null = null;

  constructor(
    readonly openid: string,
    /** How many came before, in this run and earlier ones. */
    readonly index: number,
    /** Position in the list of people. */
    readonly position: number,
    /** The chosen name; undefined for one made from the position. */
    readonly ownName: string | undefined,
  ) {}

  /** The chosen name, or one made from the position. */
  get nickname(): string {
    return this.ownName ?? `用户${this.index + 1}`;
  }

  /** Remembers a card by its look; false when this person has seen the very same one. */
  seesCardFirst(look: string): boolean {
    const hash = hashText(look);
    this.seenCards ??= [];
    if (!Array.isArray(this.seenCards)) {
      const before = this.seenCards.size;
      return this.seenCards.add(hash).size > before;
    }
    if (this.seenCards.includes(hash)) {
      return false;
    }
    this.seenCards.push(hash);
    if (this.seenCards.length > 32) {
      this.seenCards = new Set(this.seenCards);
    }
    return true;
  }
}

/** Everybody there is, in the order in which they came. */
export interface People {
  add(nickname?: string): Person;
  find(openid: string): Person | undefined;
  list(): readonly Person[];
  /** Follows or leaves, and keeps the count of followers right. */
  setFollowing(person: Person, following: boolean): void;
  followerCount(): number;
  /** What is to be remembered of the first of them. */
  describe(): RememberedPeople;
}

/** What a crowd is made with. */
export interface PeopleNeeds {
  /** The crowd of an earlier run, which goes on. */
  remembered: RememberedPeople | null;
  /** Told when somebody came, followed or left. */
  onChange: () => void;
}

/** Makes a crowd. Openids have 28 characters, sort by age, and differ from those of any other crowd. */
export function createPeople({ remembered, onChange }: PeopleNeeds): People {
  const seed = remembered?.seed ?? randomLowerText(SEED_LENGTH);
  const all: Person[] = [];
  const byOpenid = new Map<string, Person>();
  let made = remembered?.made ?? 0;
  let followers = 0;

  function place(index: number, nickname: string | undefined): Person {
    const openid = `o${seed}${index.toString(36).padStart(INDEX_LENGTH, '0')}`;
    const person = new Person(openid, index, all.length, nickname);
    all.push(person);
    byOpenid.set(openid, person);
    return person;
  }

  for (const { index, name, how, scene, ...facts } of remembered?.people ?? []) {
    Object.assign(place(index, name), facts, { followScene: { how, scene } });
    followers += Number(facts.isFollowing);
  }
  return {
    add: (nickname) => {
      made += 1;
      onChange();
      return place(made - 1, nickname);
    },
    find: (openid) => byOpenid.get(openid),
    list: () => all,
    setFollowing: (person, following) => {
      followers += Number(following) - Number(person.isFollowing);
      person.isFollowing = following;
      onChange();
    },
    followerCount: () => followers,
    describe: () => ({
      seed,
      made,
      people: all
        .slice(0, REMEMBERED_PEOPLE)
        .map(({ index, ownName, isFollowing, followedAt, followScene, isBlocking }) => ({
          ...{ index, name: ownName, isFollowing, followedAt, isBlocking },
          ...followScene,
        })),
    }),
  };
}

/** Followed by searching for the account. */
export function bySearch(): FollowScene {
  return BY_SEARCH;
}

/** Followed by a QR code with or without a scene. */
export function byCode(scene: string | number | null): FollowScene {
  return { how: 'ADD_SCENE_QR_CODE', scene };
}
