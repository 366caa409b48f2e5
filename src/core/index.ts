/** The domain: one object that holds the verbs of every noun, made once and handed to doors and engine. */
import { createAccounts } from './accounts.js';
import { createApps } from './apps.js';
import { createCallbacks } from './callbacks.js';
import { type ChannelOutside, createChannels } from './channels.js';
import { createConversations } from './conversations.js';
import type { CoreDeps } from './deps.js';
import { createEvents } from './events.js';
import { createInbox } from './inbox.js';
import { createKeys } from './keys.js';
import { createMessages } from './messages.js';
import { createNotifyCodes, type NotifyOutside } from './notify-codes.js';
import { createOverview } from './overview.js';
import { createPageLinks } from './page-links.js';
import { createPeople } from './people.js';
import { createPublish } from './publish.js';
import { createQrCodes, type QrcodeMaker } from './qrcodes.js';
import { createQuietHours } from './quiet-hours.js';
import { createQuotas } from './quotas.js';
import { createSettings } from './settings.js';
import { createSubscribeLinks } from './subscribe-links.js';
import { createSubscriptions } from './subscriptions.js';
import { createTopics } from './topics.js';

export type { CoreDeps } from './deps.js';

/** What the domain asks of the outside. */
export interface CoreOutside {
  qrcodes: QrcodeMaker;
  /** Throws a reason when an address may not be called back. */
  checkUrl: (url: string) => void;
  adminToken: string | null;
  /** The kinds of channel that people may set up, and how one is tried. */
  channels?: Pick<ChannelOutside, 'kinds' | 'trySend'>;
  /** What WeCom is asked before somebody gets a notify code. */
  notify?: NotifyOutside;
}

const NO_CHANNELS: Pick<ChannelOutside, 'kinds' | 'trySend'> = {
  kinds: [],
  trySend: async () => ({ ok: false, detail: '没有通道 no channels' }),
};

/** A server without WeCom: it has no such kind of channel, so that none of these is ever asked. */
const NO_WECOM: NotifyOutside = { check: async () => {}, listMembers: async () => [], countParts: () => 1 };

/** The domain. */
export type Core = ReturnType<typeof createCore>;

/** Makes the domain. */
export function createCore(deps: CoreDeps, outside: CoreOutside) {
  const pageLinks = createPageLinks(deps.hashKey, deps.publicUrl);
  const keys = createKeys(deps);
  const channels = createChannels(deps, {
    ...(outside.channels ?? NO_CHANNELS),
    checkUrl: outside.checkUrl,
  });
  const nouns = {
    apps: createApps(deps),
    people: createPeople(deps),
    qrcodes: createQrCodes(deps, outside.qrcodes),
    subscriptions: createSubscriptions(deps),
    topics: createTopics(deps),
  };
  return {
    ...nouns,
    publicUrl: deps.publicUrl,
    account: deps.account,
    clock: deps.clock,
    accounts: createAccounts(deps, keys, outside.adminToken),
    callbacks: createCallbacks(deps, outside.checkUrl),
    channels,
    conversations: createConversations(deps),
    events: createEvents(deps),
    inbox: createInbox(deps, deps.clock.now()),
    keys,
    messages: createMessages(deps, pageLinks),
    notifyCodes: createNotifyCodes(deps, channels, outside.notify ?? NO_WECOM),
    pageLinks,
    publish: createPublish(deps),
    quietHours: createQuietHours(deps),
    quotas: createQuotas(deps),
    settings: createSettings(deps),
    subscribeLinks: createSubscribeLinks(deps, nouns),
    overview: createOverview(deps),
  };
}
