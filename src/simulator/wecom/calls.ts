/** The contract of the app's API calls: a table of path to method and verb. */
import type { ArrivedRequest } from '../arrivals.js';
import { WecomRefusal } from './errors.js';
import type { LooseFields } from './loose-fields.js';
import type { TokenOwner } from './tokens.js';
import type { WecomState } from './wecom-state.js';

/** What a call gets after the common checks. */
export interface WecomCallInput {
  readonly state: WecomState;
  /** The app whose token came. */
  readonly owner: TokenOwner;
  readonly query: URLSearchParams;
  /** The JSON body of a POST; without fields for a GET. */
  readonly body: LooseFields;
  readonly request: ArrivedRequest;
}

/** One call. */
export interface WecomCall {
  readonly method: 'GET' | 'POST';
  /** What the answer carries besides errcode and errmsg. Throws WecomRefusal. */
  run(input: WecomCallInput): object;
}

/** Calls by path. */
export type WecomCalls = Readonly<Record<string, WecomCall>>;

/** Checks an agentid: 41011 missing, 40056 unknown, 301002 another app's, 50003 switched off. */
export function checkAgent({ corp, agent }: TokenOwner, agentId: number | undefined): void {
  if (agentId === undefined) {
    throw new WecomRefusal(41011);
  }
  if (!corp.agents.some(({ id }) => id === agentId)) {
    throw new WecomRefusal(40056);
  }
  if (agent.id !== agentId) {
    throw new WecomRefusal(301002);
  }
  if (!agent.isEnabled) {
    throw new WecomRefusal(50003);
  }
}
