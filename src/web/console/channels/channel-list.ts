/** What the list of channels shows: the way of a message, and each channel with its place and health. */
import type { ChannelView } from '#src/core/channels.js';
import type { Core } from '#src/core/index.js';
import type { RouteStep } from '#src/core/types.js';
import type { Language } from '#src/lib/i18n.js';
import type { ChannelsKey } from './channels-words.js';

/** A channel in the list. */
export interface ListedChannel extends ChannelView {
  title: string;
  health: 'new' | 'good' | 'bad';
  /** Its place in the chain from 1; null: it is first, or used only when named. */
  place: number | null;
  isFirstOfChain: boolean;
  isLastOfChain: boolean;
}

/** The list. */
export interface ChannelListing {
  channels: ListedChannel[];
  /** What a message tries, in order. */
  way: string[];
  /** What is left of the day. */
  left: { tests: number; mails: number };
}

/** Reads a person's channels and the way of their messages. */
export async function readListing(
  core: Core,
  personId: number,
  words: { language: Language; t: (key: ChannelsKey) => string },
): Promise<ChannelListing> {
  const [rows, route, tests, mails] = await Promise.all([
    core.channels.listChannels(personId),
    core.channelChain.readRoute(personId),
    core.limits.readDayLeft('channel-test', { personId }),
    core.limits.readDayLeft('server-mail', { personId }),
  ]);
  const titles = new Map(core.channels.listKinds().map(({ id, title }) => [id, title[words.language]]));
  const chain = rows
    .filter((row) => row.fallback !== null && !row.default)
    .sort((a, b) => (a.fallback ?? 0) - (b.fallback ?? 0) || a.id - b.id);
  const toListed = (row: ChannelView): ListedChannel => ({
    ...row,
    title: titles.get(row.kind) ?? row.kind,
    health: healthOf(row),
    place: chain.includes(row) ? chain.indexOf(row) + 1 : null,
    isFirstOfChain: chain[0] === row,
    isLastOfChain: chain.at(-1) === row,
  });
  const ordered = [
    ...rows.filter((row) => row.default),
    ...chain,
    ...rows.filter((row) => !row.default && !chain.includes(row)),
  ];
  const left = { tests, mails };
  return { channels: ordered.map(toListed), left, way: route.map((step) => nameStep(step, rows, words)) };
}

/** A channel with an error after its last success fails. */
function healthOf({ lastOkAt, lastErrorAt }: ChannelView): ListedChannel['health'] {
  if (!lastOkAt && !lastErrorAt) {
    return 'new';
  }
  return (lastErrorAt?.getTime() ?? 0) > (lastOkAt?.getTime() ?? 0) ? 'bad' : 'good';
}

function nameStep(
  step: RouteStep,
  rows: readonly ChannelView[],
  { t }: { t: (key: ChannelsKey) => string },
): string {
  if (step.configId === null) {
    return t(step.channel === 'wecom-app' ? 'serverWecom' : 'serverWechat');
  }
  return rows.find(({ id }) => id === step.configId)?.code ?? step.channel;
}
