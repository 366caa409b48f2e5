/** Finds out whom an app message goes to, and who of the named ones cannot get it. */
import {
  findMember,
  partyTree,
  seesMember,
  visibleMembers,
  visibleParties,
  type WecomMember,
} from './directory.js';
import { WecomRefusal } from './errors.js';
import { badField, type LooseFields } from './loose-fields.js';
import type { TokenOwner } from './tokens.js';

const MAX_USERS = 1_000;
const MAX_GROUPS = 100;
const MAX_USERID_BYTES = 64;

/** Who gets the message, and the lists for the answer. */
export interface Receivers {
  members: WecomMember[];
  invalidUsers: string[];
  invalidParties: string[];
  invalidTags: string[];
  unlicensedUsers: string[];
}

/**
 * Reads touser, toparty and totag. `@all` is everybody the app sees. Throws WecomRefusal: 40058 without any, 40031,
 * 40032, 82002, 82003 for bad lists, 81013 when nobody of those named is there and visible.
 */
export function readReceivers({ corp, agent }: TokenOwner, body: LooseFields): Receivers {
  const users = splitList(body.text('touser'));
  const isForAll = users.includes('@all');
  const parties = isForAll ? [] : splitList(body.text('toparty'));
  const tags = isForAll ? [] : splitList(body.text('totag'));
  checkLists({ users, parties, tags });
  const found = new Set<WecomMember>(isForAll ? visibleMembers(corp, agent) : []);
  const invalidUsers = isForAll
    ? []
    : users.filter((userId) => {
        const member = findMember(corp, userId);
        const isReached = member !== null && seesMember(corp, agent, member);
        if (isReached) {
          found.add(member);
        }
        return !isReached;
      });
  const invalidParties = parties.filter((id) => !addParty({ corp, agent }, { id, found }));
  const invalidTags = tags.filter((id) => !addTag({ corp, agent }, { id, found }));
  const named = users.length + parties.length + tags.length;
  if (!isForAll && invalidUsers.length + invalidParties.length + invalidTags.length === named) {
    throw new WecomRefusal(81013);
  }
  return {
    members: [...found].filter((member) => member.isLicensed),
    invalidUsers: lower(invalidUsers),
    invalidParties,
    invalidTags,
    unlicensedUsers: lower([...found].filter((member) => !member.isLicensed).map(({ userId }) => userId)),
  };
}

function checkLists(lists: { users: string[]; parties: string[]; tags: string[] }): void {
  const { users, parties, tags } = lists;
  if (users.length + parties.length + tags.length === 0) {
    throw badField('touser, toparty and totag are all empty');
  }
  if (users.length > MAX_USERS) {
    throw new WecomRefusal(40032);
  }
  if (users.some((userId) => Buffer.byteLength(userId) > MAX_USERID_BYTES)) {
    throw new WecomRefusal(40031);
  }
  if (parties.length > MAX_GROUPS) {
    throw new WecomRefusal(82002);
  }
  if (tags.length > MAX_GROUPS) {
    throw new WecomRefusal(82003);
  }
}

interface Adding {
  id: string;
  found: Set<WecomMember>;
}

function addParty({ corp, agent }: TokenOwner, { id, found }: Adding): boolean {
  const number = Number(id);
  if (!visibleParties(corp, agent).some((party) => party.id === number)) {
    return false;
  }
  const ids = partyTree(corp, number);
  for (const member of visibleMembers(corp, agent)) {
    if (member.parties.some((party) => ids.includes(party))) {
      found.add(member);
    }
  }
  return true;
}

function addTag({ corp, agent }: TokenOwner, { id, found }: Adding): boolean {
  const tagged = corp.tags.get(Number(id));
  for (const member of visibleMembers(corp, agent)) {
    if (tagged?.includes(member.userId.toLowerCase())) {
      found.add(member);
    }
  }
  return tagged !== undefined;
}

function splitList(text: string): string[] {
  return text.split('|').filter((part) => part !== '');
}

function lower(userIds: readonly string[]): string[] {
  return userIds.map((userId) => userId.toLowerCase());
}
