/** Writes the tables of docs/dialects.md from what the registries say and what was measured. */
import type { Channel } from '#src/channels/channel.js';
import { DIALECT_FEATURES, type Dialect, type DialectFeature } from '#src/dialects/registry.js';
import type { Showing, Shown } from '#test/docs/measure.js';
import { listPaths } from './path-table.js';

/** What the tables are made of. */
export interface Facts {
  dialects: readonly Pick<Dialect, 'name' | 'routes' | 'traits'>[];
  channels: readonly Pick<Channel, 'id' | 'title' | 'configFields' | 'limits'>[];
  /** By channel id. */
  showing: Readonly<Record<string, Showing>>;
}

const FEATURE_TITLES: Readonly<Record<DialectFeature, string>> = {
  title: '标题 Title',
  summary: '卡片文字 Text of the card',
  markdown: 'Markdown',
  html: 'HTML',
  link: '链接 Link',
  urgent: '紧急 Urgent',
  schedule: '定时 Later',
  expiry: '过期作废 Expiry',
  channel: '指定通道 Naming a channel',
  several: '多个接收者 Several receivers',
  topic: '群发 Topics',
  status: '查询结果 Asking for the result',
  callback: '回调 Callbacks',
  takedown: '下架 Taking the page down',
  encryption: '端到端加密 End-to-end encryption',
};

const SIGNS: Readonly<Record<Shown, string>> = { there: '●', page: '○', no: '' };

/** One sign for each part of a message that survives the way from a door in to a door out. */
const PARTS: readonly {
  sign: string;
  part: keyof Showing;
  /** What the dialect must be able to say; absent where every one can. */
  needs?: DialectFeature;
}[] = [
  { sign: '题', part: 'title', needs: 'title' },
  { sign: '文', part: 'text' },
  { sign: '粗', part: 'markup', needs: 'markdown' },
  { sign: '链', part: 'link', needs: 'link' },
  { sign: '急', part: 'urgent', needs: 'urgent' },
];

/** The document with its tables made anew; each stands between `<!-- table: name -->` and `<!-- end -->`. */
export function replaceTables(document: string, facts: Facts): string {
  const tables: Readonly<Record<string, string>> = {
    features: featureTable(facts),
    ways: wayTable(facts),
    paths: pathTable(facts),
    channels: channelTable(facts),
  };
  return document.replace(
    /(<!-- table: (\w+) -->\n)[\s\S]*?(<!-- end -->)/g,
    (_whole, begin: string, name: string, end: string) => {
      const table = tables[name];
      if (table === undefined) {
        throw new Error(`no table ${name}`);
      }
      return `${begin}\n${table}\n\n${end}`;
    },
  );
}

/** What is left of a message that goes in by this dialect and out by this channel: the signs of its parts. */
export function partsOf(traits: Dialect['traits'], channelId: string, showing: Showing): string {
  // A dialect whose own parameters go along says more there than a message of another door does.
  const isShown = (shown: Shown): boolean =>
    shown === 'there' || (shown === 'page' && traits.passesTo?.includes(channelId) === true);
  return PARTS.filter(
    ({ part, needs }) => isShown(showing[part]) && (needs === undefined || traits.features.includes(needs)),
  )
    .map(({ sign }) => sign)
    .join('');
}

/** Whether a dialect sends by a kind of channel at all. */
export function reaches({ onlyBy }: Dialect['traits'], channelId: string): boolean {
  return onlyBy === undefined || onlyBy.includes(channelId);
}

function featureTable({ dialects }: Facts): string {
  const rows = DIALECT_FEATURES.filter((feature) =>
    dialects.some(({ traits }) => traits.features.includes(feature)),
  ).map((feature) => [
    FEATURE_TITLES[feature],
    ...dialects.map(({ traits }) => (traits.features.includes(feature) ? '●' : '')),
  ]);
  return toTable([['', ...dialects.map(({ name }) => code(name))], ...rows]);
}

function pathTable({ dialects }: Facts): string {
  const rows = listPaths(dialects).map(([path, methods, name]) => [code(path), methods, code(name)]);
  return toTable([['路径 Path', '方法 Methods', '接口 Dialect'], ...rows]);
}

function wayTable({ dialects, channels, showing }: Facts): string {
  const rows = channels.map(({ id }) => [
    code(id),
    ...dialects.map(({ traits }) => toWay(traits, id, showing[id])),
  ]);
  return toTable([['', ...dialects.map(({ name }) => code(name))], ...rows]);
}

function toWay(traits: Dialect['traits'], id: string, showing: Showing | undefined): string {
  if (!reaches(traits, id) || !showing) {
    return '—';
  }
  const name = traits.channelNames?.[id];
  return [
    partsOf(traits, id, showing) || '○',
    ...(traits.passesTo?.includes(id) ? ['★'] : []),
    ...(name === undefined ? [] : [code(name)]),
  ].join(' ');
}

function channelTable({ channels, showing }: Facts): string {
  const head = ['通道 Channel', '题', '文', '粗', '链', '急', '设置 Settings', '节制 Limits'];
  const rows = channels.map(({ id, title, configFields, limits }) => [
    `${code(id)} ${title.zh === title.en ? title.zh : `${title.zh} ${title.en}`}`,
    ...PARTS.map(({ part }) => SIGNS[showing[id]?.[part] ?? 'no']),
    configFields.map(({ name, required }) => (required ? `**${name}**` : name)).join(' ') ||
      '服务器设置 the server’s',
    toLimits(limits),
  ]);
  return toTable([head, ...rows]);
}

function toLimits({ inFlight, windows = [] }: Channel['limits']): string {
  return [
    `${inFlight} 并发 at once`,
    ...windows.map(({ count, perMs }) => `${count} / ${perMs / 1000} s`),
  ].join(' · ');
}

function code(text: string): string {
  return `\`${text}\``;
}

function toTable([head = [], ...rows]: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
