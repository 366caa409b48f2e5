/** What the reference says of each dialect: its addresses, the keys it takes, what a caller can say, a first message. */
import { KEY_KIND_ROWS } from '#src/web/key-kinds.js';
import { type Bilingual, splitBilingual } from './bilingual.js';

/** A dialect as the server has it. */
export interface DialectFacts {
  name: string;
  routes: readonly { method: string; path: string }[];
  traits: {
    features: readonly string[];
    channelNames?: Readonly<Record<string, string>>;
    onlyBy?: readonly string[];
  };
}

/** A dialect as the page shows it. */
export interface DialectView {
  name: string;
  title: string;
  words: Bilingual;
  /** Where its addresses stand too, for clients that take a base address. */
  prefix: string;
  keys: { kind: string; label: string }[];
  paths: { path: string; methods: string }[];
  features: readonly string[];
  /** How callers name a channel, by kind. */
  channels: { kind: string; name: string }[];
  curl: string;
  /** Where more of it is written. */
  more: string;
}

/** What only people know: names, the kinds of key, where the longer text is. */
const KNOWN: Readonly<Record<string, { title: string; kinds: readonly string[]; more: string }>> = {
  wxpusher: { title: 'WxPusher', kinds: ['spt'], more: '/README.md#接口示例-the-api-by-example' },
  serverchan: { title: 'Server酱', kinds: ['sendkey', 'sendkey3'], more: '/docs/move.md' },
  pushplus: { title: 'PushPlus', kinds: ['pushplus'], more: '/docs/templates.md' },
  'wecom-notify': { title: '企业微信通知 WeCom notify', kinds: [], more: '/notify' },
  bark: { title: 'Bark', kinds: ['bark'], more: '/docs/move.md' },
  pushdeer: { title: 'PushDeer', kinds: ['pushdeer'], more: '/docs/move.md' },
  ntfy: { title: 'ntfy', kinds: ['ntfy'], more: '/docs/move.md' },
  gotify: { title: 'gotify', kinds: ['gotify'], more: '/docs/move.md' },
};

/** A key to look at; nobody has it. */
const KEY = 'YOUR_KEY';

/** Draws the dialects, in the order in which the server asks them. */
export function toDialects(dialects: readonly DialectFacts[], publicUrl: string): DialectView[] {
  return dialects.map(({ name, routes, traits }) => {
    const { title, kinds, more } = KNOWN[name] ?? { title: name, kinds: [], more: '/docs/dialects.md' };
    const rows = KEY_KIND_ROWS.filter(({ kind }) => kinds.includes(kind));
    return {
      name,
      title,
      words: splitBilingual(title),
      prefix: `/${name}/`,
      keys: rows.map(({ kind, label }) => ({ kind, label })),
      paths: toPaths(routes),
      features: traits.features,
      channels: Object.entries(traits.channelNames ?? {}).map(([kind, named]) => ({ kind, name: named })),
      curl: rows[0]?.exampleOf(publicUrl, KEY) ?? writeNotifyCurl(publicUrl),
      more,
    };
  });
}

/** One line a path, its methods together. */
function toPaths(routes: DialectFacts['routes']): DialectView['paths'] {
  const methodsOf = new Map<string, Set<string>>();
  for (const { method, path } of routes) {
    const shown = path.replace(/[:*](\w+)/g, '{$1}');
    methodsOf.set(shown, (methodsOf.get(shown) ?? new Set()).add(method.toUpperCase()));
  }
  return [...methodsOf].map(([path, methods]) => ({ path, methods: [...methods].join(' ') }));
}

function writeNotifyCurl(publicUrl: string): string {
  return `curl -H 'Content-Type: application/json' \\
  -d '{"title": "磁盘告警", "content": "db-1 只剩 1%"}' \\
  ${publicUrl}/api/notify/${KEY}`;
}
