/** Everything one simulated official account knows. */
import type { World } from '../world.js';
import { type Codes, createCodes } from './codes.js';
import { createOauthCodes, type OauthCodes } from './oauth-codes.js';
import { createPeople, type People } from './people.js';
import { Pusher } from './pusher.js';
import { Quotas } from './quotas.js';
import { type RememberedAccount, readRemembered } from './remembered.js';
import { createSentIds, type SentIds } from './sent-ids.js';
import { createTemplates, type Templates } from './templates.js';
import { Tokens } from './tokens.js';

/** The kinds of account; a subscription account may do little, a sandbox account has a tenth of the quotas. */
export const ACCOUNT_KINDS = ['service', 'subscription', 'sandbox'] as const;

/** One of the kinds of account. */
export type AccountKind = (typeof ACCOUNT_KINDS)[number];

/** What the account's owner and Tencent may have set. */
export interface AccountSwitches {
  name: string;
  kind: AccountKind;
  /** The AppSecret is frozen: 40243. */
  isFrozen: boolean;
  /** Tencent punishes the account: 50004 at the token endpoints. */
  isPunished: boolean;
  /** The addresses that may ask for tokens; null: all. */
  allowedIps: readonly string[] | null;
  /** The domain that OAuth may return to; null: any. */
  oauthDomain: string | null;
  /** The Status of TEMPLATESENDJOBFINISH; null: none is pushed. */
  jobStatus: string | null;
  /** How many openids a page of user/get holds; the platform's 10,000. */
  followersPerPage: number;
  /** Customer messages are counted, five in a window; switched off to try load. */
  countsCustomMessages: boolean;
}

/** Counts of the template cards that people saw. */
export interface CardCounts {
  shown: number;
  /** Cards that somebody had already seen with the very same look and link. */
  duplicates: number;
  recipients: Set<number>;
}

/** The part that a reset makes anew. */
export interface WechatParts {
  people: People;
  codes: Codes;
  templates: Templates;
  tokens: Tokens;
  quotas: Quotas;
  sentIds: SentIds;
  oauth: OauthCodes;
  account: AccountSwitches;
  cards: CardCounts;
  /** The menu as it was created; null before that. */
  menu: { button: unknown[] } | null;
}

/** One account: its parts, the world it lives in, and its way to the server. */
export interface WechatState extends WechatParts {
  readonly world: World;
  readonly pusher: Pusher;
}

/** What this account remembers itself by. */
const MEMORY = 'wechat';

/** Makes an account: that of an earlier run where the world remembers one, else a fresh one. */
export function createWechatState(world: World): WechatState {
  const remembered = readRemembered(world.memory.recall(MEMORY));
  const state = { world, pusher: new Pusher(world), ...makeParts(world, remembered) };
  world.memory.keep(
    MEMORY,
    (): RememberedAccount => ({ people: state.people.describe(), codes: state.codes.describe() }),
  );
  return state;
}

/** Makes the account forget everything; kept-back pushes go out. */
export function resetWechatState(state: WechatState): void {
  void state.pusher.release();
  state.pusher.switches.isDuplicating = false;
  Object.assign(state, makeParts(state.world, null));
  state.world.memory.touch();
}

function makeParts(world: World, remembered: RememberedAccount | null): WechatParts {
  const account: AccountSwitches = {
    name: '青鸟模拟公众号',
    kind: 'service',
    isFrozen: false,
    isPunished: false,
    allowedIps: null,
    oauthDomain: null,
    jobStatus: 'success',
    followersPerPage: 10_000,
    countsCustomMessages: true,
  };
  return {
    people: createPeople({ remembered: remembered?.people ?? null, onChange: world.memory.touch }),
    codes: createCodes({
      clock: world.clock,
      remembered: remembered?.codes ?? null,
      onChange: world.memory.touch,
    }),
    templates: createTemplates(),
    tokens: new Tokens(world.clock),
    quotas: new Quotas(world.clock, () => account.kind === 'sandbox'),
    sentIds: createSentIds(world.clock),
    oauth: createOauthCodes(world.clock),
    account,
    cards: { shown: 0, duplicates: 0, recipients: new Set() },
    menu: null,
  };
}
