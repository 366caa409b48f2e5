/** Subscribe links: what the code of a `/s/{code}` page stands for, and subscribing by one tap there. */
import type { Apps } from './apps.js';
import type { CoreDeps } from './deps.js';
import type { Disabled } from './disabled.js';
import type { People } from './people.js';
import type { QrCodes } from './qrcodes.js';
import type { SubscribeResult, Subscriptions } from './subscriptions.js';
import type { Topics } from './topics.js';

/** What a subscribe page shows. */
export interface LinkTarget {
  kind: 'app' | 'topic';
  name: string;
  appName: string;
  description: string;
  contact: string;
  /** The text that the QR picture encodes. */
  qrcodeText: string;
  expired: boolean;
  /** Its developer is disabled: nobody can subscribe, and nothing would come. */
  disabled: boolean;
}

/** What became of a tap. */
export interface LinkResult {
  result: SubscribeResult | 'must_follow';
  followTip?: string;
}

/** The nouns that links stand on. */
interface Nouns {
  disabled: Pick<Disabled, 'isAppDisabled'>;
  apps: Apps;
  topics: Topics;
  people: People;
  qrcodes: QrCodes;
  subscriptions: Subscriptions;
}

/** Makes the verbs of subscribe links. */
export function createSubscribeLinks({ account }: CoreDeps, nouns: Nouns) {
  async function find(code: string) {
    const app = await nouns.apps.findAppBySubscribeCode(code);
    if (app) {
      return { app, topic: null };
    }
    const topic = await nouns.topics.findTopicByCode(code);
    const owner = topic ? await nouns.apps.findApp(topic.appId) : null;
    return topic && owner ? { app: owner, topic } : null;
  }

  /** What a code stands for, or null. */
  async function findTarget(code: string): Promise<LinkTarget | null> {
    const found = await find(code);
    if (!found) {
      return null;
    }
    const { app, topic } = found;
    const disabled = await nouns.disabled.isAppDisabled(app.id);
    const qrcode = disabled ? { url: '' } : await nouns.qrcodes.getDefault(app.id, topic?.id ?? 0);
    return {
      kind: topic ? 'topic' : 'app',
      name: topic?.name ?? app.name,
      appName: app.name,
      description: topic?.description || app.description,
      contact: topic?.contact || app.contact,
      qrcodeText: qrcode.url,
      expired: false,
      disabled,
    };
  }

  /** Subscribes the person behind an openid (source `link`); they must follow the account. Null for an unknown code. */
  async function subscribe(input: { code: string; openid: string }): Promise<LinkResult | null> {
    const found = await find(input.code);
    if (!found) {
      return null;
    }
    const person = await nouns.people.meet({ ...account, externalId: input.openid });
    if (!person.following) {
      return { result: 'must_follow' };
    }
    const { personId, uid } = person;
    const topicId = found.topic?.id ?? 0;
    const wish = { personId, uid, appId: found.app.id, topicId, source: 'link', extra: '' } as const;
    const result = await nouns.subscriptions.subscribe(wish);
    const followTip = found.topic?.receipt || found.app.followTip;
    return { result, ...(followTip === '' ? {} : { followTip }) };
  }

  return { findTarget, subscribe };
}
