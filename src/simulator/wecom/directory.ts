/** The corps of the simulator: their apps, members, departments and tags, and what each app may see. */
import type { WecomTalkItem } from './talks.js';

/** The corp and the app of a fresh simulator. */
export const simulatedWecom = {
  corpId: 'wwsim0000000001',
  agentId: 1_000_002,
  secret: 'simwecomsecret',
  /** The same app in a corp whose list of trusted addresses does not have ours. */
  untrustingCorpId: 'wwsim0000000002',
  /** An app that only sees the operations department. */
  narrowAgentId: 1_000_003,
  narrowSecret: 'simwecomnarrow',
} as const;

/** A self-built app. */
export interface WecomAgent {
  readonly id: number;
  readonly secret: string;
  readonly name: string;
  /** The departments whose members it sees; null: the whole corp. */
  readonly visibleParties: readonly number[] | null;
  isEnabled: boolean;
}

/** A department; the root has parent 0. */
export interface WecomParty {
  readonly id: number;
  readonly name: string;
  readonly parentId: number;
}

/** A member. */
export interface WecomMember {
  /** As it was made; callers may write it in any case. */
  readonly userId: string;
  name: string;
  parties: number[];
  /** Without a licence, messages do not reach the member, and the answer says so. */
  isLicensed: boolean;
  /** Reads messages in WeChat too. */
  usesPlugin: boolean;
  /** What stands in the chat with the app, oldest first. */
  talk: WecomTalkItem[];
}

/** A corp. */
export interface WecomCorp {
  readonly id: string;
  readonly agents: readonly WecomAgent[];
  readonly parties: WecomParty[];
  /** By the userid in lower case. */
  readonly members: Map<string, WecomMember>;
  /** Tag number to userids in lower case. */
  readonly tags: ReadonlyMap<number, readonly string[]>;
  /** Callers must have one of these addresses; null: anybody may call. */
  trustedIps: readonly string[] | null;
}

/** Makes the corps of a fresh simulator. */
export function createCorps(): WecomCorp[] {
  const { corpId, untrustingCorpId, agentId, secret, narrowAgentId, narrowSecret } = simulatedWecom;
  const main: WecomAgent = { id: agentId, secret, name: '青鸟', visibleParties: null, isEnabled: true };
  const narrow: WecomAgent = {
    id: narrowAgentId,
    secret: narrowSecret,
    name: '值班',
    visibleParties: [3],
    isEnabled: true,
  };
  return [
    { ...newCorp(corpId), agents: [main, narrow], trustedIps: null },
    { ...newCorp(untrustingCorpId), agents: [{ ...main }], trustedIps: ['203.0.113.7'] },
  ];
}

function newCorp(id: string): Omit<WecomCorp, 'agents' | 'trustedIps'> {
  const people: [string, string, number[]][] = [
    ['zhangsan', '张三', [1]],
    ['lisi', '李四', [2]],
    ['wangwu', '王五', [2, 3]],
  ];
  return {
    id,
    parties: [
      { id: 1, name: '模拟公司', parentId: 0 },
      { id: 2, name: '研发部', parentId: 1 },
      { id: 3, name: '运维部', parentId: 1 },
    ],
    members: new Map(people.map(([userId, name, parties]) => [userId, newMember({ userId, name, parties })])),
    tags: new Map([[1, ['lisi', 'wangwu']]]),
  };
}

/** A member with a licence who reads messages in WeChat too. */
export function newMember(fields: Pick<WecomMember, 'userId' | 'name' | 'parties'>): WecomMember {
  return { isLicensed: true, usesPlugin: true, talk: [], ...fields };
}

/** Finds a member in any case of letters. */
export function findMember(corp: WecomCorp, userId: string): WecomMember | null {
  return corp.members.get(userId.toLowerCase()) ?? null;
}

/** A department with everything below it. */
export function partyTree(corp: WecomCorp, id: number): number[] {
  const found = [id];
  for (const at of found) {
    found.push(
      ...corp.parties
        .filter((party) => party.parentId === at && !found.includes(party.id))
        .map((party) => party.id),
    );
  }
  return found;
}

/** The departments an app sees. */
export function visibleParties(corp: WecomCorp, agent: WecomAgent): WecomParty[] {
  const ids = agent.visibleParties?.flatMap((id) => partyTree(corp, id));
  return ids ? corp.parties.filter(({ id }) => ids.includes(id)) : [...corp.parties];
}

/** Whether an app sees a member. */
export function seesMember(corp: WecomCorp, agent: WecomAgent, member: WecomMember): boolean {
  const ids = visibleParties(corp, agent).map(({ id }) => id);
  return member.parties.some((id) => ids.includes(id));
}

/** All members an app sees. */
export function visibleMembers(corp: WecomCorp, agent: WecomAgent): WecomMember[] {
  return [...corp.members.values()].filter((member) => seesMember(corp, agent, member));
}
