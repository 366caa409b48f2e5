/** The domain: one object that holds the verbs of every noun, made once and handed to doors and engine. */
import { createAccountLists } from './account-lists.js';
import { createAccounts, type Registration } from './accounts.js';
import { createAppTokens } from './app-tokens.js';
import { createApps } from './apps.js';
import { createAudit } from './audit.js';
import { createBacklog } from './backlog.js';
import { type BackupPlaces, createBackups } from './backups.js';
import { createCallbackLog } from './callback-log.js';
import { createCallbackSecrets } from './callback-secrets.js';
import { createCallbacks } from './callbacks.js';
import { createChannelChain } from './channel-chain.js';
import { type ChannelOutside, createChannels } from './channels.js';
import { createCodeBudget } from './code-budget.js';
import { type ContactOutside, createContacts } from './contacts.js';
import { createConversations } from './conversations.js';
import type { CoreDeps } from './deps.js';
import { createDialectPlans } from './dialect-plans.js';
import { createDisabled } from './disabled.js';
import { createDisk, type ReadFreeBytes } from './disk.js';
import { createErasure } from './erasure.js';
import { createEvents } from './events.js';
import { createFigures } from './figures.js';
import { createFirstAdmin } from './first-admin.js';
import { createFollowerImport, type ListFollowers } from './follower-import.js';
import { guardVerbs } from './guard.js';
import { createInbox } from './inbox.js';
import { createKeyPace } from './key-pace.js';
import { createKeys } from './keys.js';
import { createLimits } from './limits.js';
import { createMailConsents } from './mail-consents.js';
import { createMessageCallbacks } from './message-callbacks.js';
import { createMessages } from './messages.js';
import { createMySubscriptions } from './my-subscriptions.js';
import { createNotifyCodes, type NotifyOutside } from './notify-codes.js';
import { createOpenAccess } from './open-access.js';
import { createOverview } from './overview.js';
import { createCountOwnErasure } from './own-erasures.js';
import { createPageLinks } from './page-links.js';
import { createPeople } from './people.js';
import { createPeopleLists } from './people-lists.js';
import { createPersonalData } from './personal-data.js';
import { createPlans } from './plans.js';
import { createPoints } from './points.js';
import { createPreferences } from './preferences.js';
import { createPublish } from './publish.js';
import { createQrCodeLists } from './qrcode-lists.js';
import { createQrCodes, type QrcodeMaker } from './qrcodes.js';
import { createQuietHours } from './quiet-hours.js';
import { createQuotas } from './quotas.js';
import { createReceivedMessages } from './received-messages.js';
import { createRetention } from './retention.js';
import { createSequences } from './sequences.js';
import { createServerPost } from './server-post.js';
import { createSessions } from './sessions.js';
import { createSettings } from './settings.js';
import { createShortCodes } from './short-codes.js';
import { createSignIn } from './sign-in.js';
import { createSignOuts } from './sign-outs.js';
import { createFindFull } from './space-limits.js';
import { createSpaces } from './spaces.js';
import { createStorage } from './storage.js';
import { createSubscribeLinks } from './subscribe-links.js';
import { createSubscriberLists } from './subscriber-lists.js';
import { createSubscribers } from './subscribers.js';
import { createSubscriptions } from './subscriptions.js';
import { createTemplateChoices } from './template-choice.js';
import { createTopics } from './topics.js';
import { createUses } from './uses.js';
import { createWrongKeys } from './wrong-keys.js';

export type { CoreDeps } from './deps.js';

/** What the domain asks of the outside. */
export interface CoreOutside {
  qrcodes: QrcodeMaker;
  /** Throws a reason when an address may not be called back. */
  checkUrl: (url: string) => void;
  adminToken: string | null;
  /** The file of the one-time code that makes the first administrator; absent: there is no such code. */
  firstAdminPath?: string;
  /** Whether people may become developers by themselves, until the operator decides. */
  registration?: Registration;
  /** The kinds of channel that people may set up, and how one is tried. */
  channels?: Pick<ChannelOutside, 'kinds' | 'trySend'>;
  /** What WeCom is asked before somebody gets a notify code. */
  notify?: NotifyOutside;
  /** How a code reaches an address that somebody wants to have verified. */
  contacts?: ContactOutside;
  /** Told of each message that is taken in: its dialect and how long that took. */
  onCommitted?: (source: string, tookMs: number) => void;
  /** So many deliveries and messages may wait; 0 or absent: any number. */
  maxBacklog?: number;
  /** So many wrong tokens, keys and codes from one address are answered as such; 0 or absent: any number. */
  maxWrongKeys?: number;
  /** How much of the disk is free, and how much must be; absent: nobody looks. */
  disk?: { readFreeBytes: ReadFreeBytes; leastMb: number };
  /** The account's list of followers; absent: it has none. */
  listFollowers?: ListFollowers;
  /** Where the database is and its backups are; absent: there are none. */
  backups?: BackupPlaces;
  /** So many days after a person has left their data are erased; 0: at once, absent: 30. */
  eraseAfterDays?: number;
}

const NO_CHANNELS: Pick<ChannelOutside, 'kinds' | 'trySend'> = {
  kinds: [],
  trySend: async () => ({ ok: false, detail: '没有通道 no channels' }),
};

/** A server without WeCom: it has no such kind of channel, so that none of these is ever asked. */
const NO_WECOM: NotifyOutside = {
  check: async () => {},
  listMembers: async () => [],
  countParts: () => 1,
  resumeQueue: async () => {},
};

/** A server without mailer and SMS account. */
const NO_CODES: ContactOutside = {
  kinds: [],
  sendCode: async () => ({ ok: false, detail: '' }),
  sendQuestion: null,
};

/** The domain. */
export type Core = ReturnType<typeof createNouns>;

/** Makes the domain. All its verbs throw AppError `unavailable` while the database is away. */
export function createCore(deps: CoreDeps, outside: CoreOutside): Core {
  const { log, clock } = deps;
  return guardVerbs(createNouns(deps, outside), { log, clock, bare: ['clock', 'account'] });
}

function createNouns(deps: CoreDeps, outside: CoreOutside) {
  const pageLinks = createPageLinks(deps.box, deps.publicUrl);
  const disabled = createDisabled(deps);
  const uses = createUses(deps);
  const settings = createSettings(deps);
  const limits = createLimits(deps, { uses, settings });
  const budget = createCodeBudget(deps, limits);
  const keys = createKeys(deps, { disabled, limits });
  const preferences = createPreferences(deps);
  const dialectPlans = createDialectPlans({ settings, preferences });
  const figures = createFigures(deps);
  const disk = createDisk(deps, outside.disk ?? { readFreeBytes: null, leastMb: 0 });
  const retention = createRetention(deps, settings);
  const storage = createStorage(deps, { limits, budget, readDays: retention.readDays });
  const backlog = createBacklog(deps, outside.maxBacklog ?? 0);
  const quotas = createQuotas(deps, uses);
  const callbacks = createCallbacks(deps, outside.checkUrl);
  const contactOutside = outside.contacts ?? NO_CODES;
  const mailConsents = createMailConsents(deps, limits, contactOutside.sendQuestion);
  const channels = createChannels(deps, {
    ...(outside.channels ?? NO_CHANNELS),
    checkUrl: outside.checkUrl,
    limits,
    mailConsents,
  });
  const messages = createMessages(deps, pageLinks);
  const notifyCodes = createNotifyCodes(deps, { channels, disabled }, outside.notify ?? NO_WECOM);
  const sessions = createSessions(deps);
  const signIn = createSignIn(deps, outside.qrcodes, { limits, budget });
  const audit = createAudit(deps);
  const contacts = createContacts(deps, contactOutside, limits);
  const openAccess = createOpenAccess(deps, { keys, preferences });
  const signOuts = createSignOuts({ sessions, signIn, keys, openAccess, notifyCodes });
  const nouns = {
    apps: createApps(deps, { disabled, limits }),
    people: createPeople(deps),
    followerImport: createFollowerImport(deps, outside.listFollowers ?? null),
    qrcodes: createQrCodes(deps, outside.qrcodes, budget),
    subscriptions: createSubscriptions(deps, { findFull: createFindFull(deps, dialectPlans), disabled }),
    topics: createTopics(deps, { limits, budget }),
  };
  return {
    ...nouns,
    publicUrl: deps.publicUrl,
    account: deps.account,
    clock: deps.clock,
    accountLists: createAccountLists(deps, disabled),
    accounts: createAccounts(deps, {
      keys,
      settings,
      preferences,
      apps: nouns.apps,
      disabled,
      firstAdmin: createFirstAdmin(deps, outside.firstAdminPath ?? null),
      adminToken: outside.adminToken,
      registration: outside.registration ?? 'closed',
    }),
    appTokens: createAppTokens(deps),
    audit,
    backlog,
    backups: createBackups(deps, outside.backups ?? null),
    callbacks,
    callbackLog: createCallbackLog(deps),
    callbackSecrets: createCallbackSecrets(deps),
    channels,
    channelChain: createChannelChain(deps),
    contacts,
    conversations: createConversations(deps),
    dialectPlans,
    disabled,
    disk,
    events: createEvents(deps),
    figures,
    inbox: createInbox(deps, deps.clock.now()),
    keys,
    limits,
    keyPace: createKeyPace(uses, settings),
    mailConsents,
    messages,
    notifyCodes,
    pageLinks,
    points: createPoints(deps),
    openAccess,
    preferences,
    publish: createPublish(
      deps,
      createMessageCallbacks(deps, callbacks.checkCallbackUrl, { limits, budget }),
      {
        onAccepted: figures.countAccepted,
        onCommitted: outside.onCommitted,
        backlog,
        disk,
        storage,
      },
    ),
    quietHours: createQuietHours(deps),
    qrcodeLists: createQrCodeLists(deps),
    quotas,
    retention,
    plans: createPlans(deps, quotas.forgetPlan),
    peopleLists: createPeopleLists(deps),
    mySubscriptions: createMySubscriptions(deps),
    receivedMessages: createReceivedMessages(deps, pageLinks),
    sequences: createSequences(deps, messages),
    sessions,
    serverPost: createServerPost({ limits, mailConsents }),
    settings,
    signIn,
    signOuts,
    erasure: createErasure(deps, {
      ...{ audit, disabled, keys, preferences, signOuts, apps: nouns.apps },
      countOwn: createCountOwnErasure(deps, uses),
      afterDays: outside.eraseAfterDays ?? 30,
    }),
    personalData: createPersonalData(deps, { keys, channels, contacts, limits }),
    templateChoices: createTemplateChoices(settings),
    shortCodes: createShortCodes(deps.box),
    spaces: createSpaces(deps, nouns.apps),
    storage,
    /** Writes down what was counted in memory. To be called each minute. */
    writeCounts: async (): Promise<void> => {
      await figures.writeDown();
      await storage.writeDown();
    },
    subscribeLinks: createSubscribeLinks(deps, { ...nouns, disabled }),
    subscribers: createSubscribers(deps),
    subscriberLists: createSubscriberLists(deps),
    overview: createOverview(deps),
    uses,
    wrongKeys: createWrongKeys(deps, { limit: outside.maxWrongKeys ?? 0 }),
  };
}
