/** "My subscriptions": each relation with its number and its app's setting page, in pages that fit into a reply. */
import { signSettingUrl } from '#src/core/setting-links.js';
import { MAX_REPLY_BYTES } from './replies.js';
import type { Talk } from './talk.js';
import { lines, tellNoSubscriptions } from './texts.js';

/** One relation of the follower. */
type Relation = Awaited<ReturnType<Talk['core']['subscriptions']['listOfPerson']>>[number];

/** Room for the heading and the lines at the end. */
const ENTRIES_BYTES = MAX_REPLY_BYTES - 300;
/** An address beyond this would fill a page alone; the app's developer can shorten it. */
const MAX_LINK_BYTES = 1_400;

/** Writes one page, counted from 1; a page beyond the last is the last. */
export async function listSubscriptions(talk: Talk, page: number): Promise<string> {
  const relations = await talk.core.subscriptions.listOfPerson(talk.person.personId);
  if (relations.length === 0) {
    return tellNoSubscriptions(talk.canScan);
  }
  const topics = await talk.core.topics.findTopics(relations.map((relation) => relation.topicId));
  const topicNames = new Map(topics.map((topic) => [topic.id, topic.name]));
  const { links, isSigned } = await signLinks(talk, relations);
  const pages = toPages(
    relations.map((relation) =>
      toEntry(relation, topicNames.get(relation.topicId), links.get(relation.appId)),
    ),
  );
  const at = Math.min(Math.max(1, page), pages.length);
  const list = lines(
    `【我的订阅】共 ${relations.length} 个${pages.length > 1 ? `，第 ${at}/${pages.length} 页` : ''}`,
    ...(pages[at - 1] ?? []),
    at < pages.length && `\n下一页 Next page：订阅 ${at + 1}`,
    `退订 Unsubscribe：退订 ${toTarget(relations[0])}`,
  );
  // A signed link lets its holder in at the app as this follower.
  return isSigned ? talk.confide(list) : list;
}

function toEntry(relation: Relation, topicName: string | undefined, link: string | undefined): string {
  const name =
    relation.topicId === 0
      ? `#${relation.appId} ${relation.appName}`
      : `${toTarget(relation)} ${relation.appName} · 主题 topic「${topicName ?? relation.topicId}」`;
  return lines(name, relation.topicId === 0 && link !== undefined && `设置 Settings： ${link}`);
}

/** What `unsub` takes: `#97`, or `#97-5` for topic 5. */
function toTarget(relation: Pick<Relation, 'appId' | 'topicId'> | undefined): string {
  const { appId, topicId } = relation ?? { appId: 97, topicId: 0 };
  return topicId === 0 ? `#${appId}` : `#${appId}-${topicId}`;
}

/** The setting address of each app that has one, signed for this follower. */
async function signLinks(talk: Talk, relations: readonly Relation[]) {
  const links = new Map<number, string>();
  let isSigned = false;
  for (const { appId, topicId, settingUrl } of relations) {
    if (topicId === 0 && settingUrl !== '') {
      const secret = await talk.core.apps.readSettingSecret(appId);
      isSigned ||= secret !== null;
      const link = signSettingUrl({
        url: settingUrl,
        uid: talk.person.uid,
        secret,
        nowMs: talk.clock.now(),
        nonce: talk.newNonce(),
      });
      if (Buffer.byteLength(link) <= MAX_LINK_BYTES) {
        links.set(appId, link);
      }
    }
  }
  return { links, isSigned };
}

function toPages(entries: readonly string[]): string[][] {
  const pages: string[][] = [[]];
  let left = ENTRIES_BYTES;
  for (const entry of entries) {
    const size = Buffer.byteLength(entry) + 1;
    if (size > left && pages.at(-1)?.length !== 0) {
      pages.push([]);
      left = ENTRIES_BYTES;
    }
    pages.at(-1)?.push(entry);
    left -= size;
  }
  return pages;
}
