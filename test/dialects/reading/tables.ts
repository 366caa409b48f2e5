/** What each original documents of its options: their names in each place, and which place counts. */
import type { DoorReading, Option, Place, Seen, Way } from './matrix.js';

/** The receiver's keys by kind, a second person's by kind with an `s`, and what else addresses name. */
export type Keys = Readonly<Record<string, string>>;

const answered = (name: string) => (seen: Seen) => seen.answer.json[name];
const stored = (name: keyof NonNullable<Seen['stored']>) => (seen: Seen) => seen.stored?.[name];
const extra = (dialect: string, name: string) => (seen: Seen) => seen.stored?.extras[dialect]?.[name];
const codes = (seen: Seen) => seen.answer.json.code;
const everywhere = (name: string, places: readonly Place[]) =>
  Object.fromEntries(places.map((place) => [place, name]));
const toNumber = (value: string) => Number(value);

/** ntfy (docs/publish, server.go): headers stand over the query; JSON fields become headers, so they stand over both. */
export function ntfyReading(keys: Keys, nowMs: number): DoorReading {
  const topic = keys.ntfy ?? '';
  const at = (name: string, header: string): Option['at'] => ({ body: name, header, query: name });
  const inHours = (hours: number) => nowMs / 1000 + hours * 3600;
  const options: Option[] = [
    { name: 'title', at: at('title', 'X-Title'), values: ['one', 'two'], see: answered('title') },
    {
      name: 'priority',
      at: at('priority', 'X-Priority'),
      values: ['5', '4'],
      typed: toNumber,
      shows: [5, 4],
      see: answered('priority'),
    },
    {
      name: 'tags',
      at: at('tags', 'X-Tags'),
      values: ['qa', 'qb'],
      typed: (tag) => [tag],
      shows: [['qa'], ['qb']],
      see: answered('tags'),
    },
    {
      name: 'delay',
      at: at('delay', 'X-Delay'),
      values: ['1h', '2h'],
      shows: [inHours(1), inHours(2)],
      see: answered('time'),
    },
    {
      name: 'click',
      at: at('click', 'X-Click'),
      values: ['https://a.test', 'https://b.test'],
      see: answered('click'),
    },
    {
      name: 'icon',
      at: at('icon', 'X-Icon'),
      values: ['https://a.test/i', 'https://b.test/i'],
      see: answered('icon'),
    },
    {
      name: 'attach',
      at: at('attach', 'X-Attach'),
      values: ['https://a.test/f', 'https://b.test/g'],
      see: ({ answer }) => (answer.json.attachment as { url?: string } | undefined)?.url,
    },
    {
      name: 'filename',
      at: at('filename', 'X-Filename'),
      values: ['a.txt', 'b.txt'],
      with: { attach: 'https://a.test/f' },
      see: ({ answer }) => (answer.json.attachment as { name?: string } | undefined)?.name,
    },
    {
      name: 'actions',
      at: at('actions', 'X-Actions'),
      values: ['view, A, https://a.test', 'view, B, https://b.test'],
      typed: (short) => [{ action: 'view', label: short.split(', ')[1], url: short.split(', ')[2] }],
      shows: ['A', 'B'],
      see: ({ answer }) => (answer.json.actions as { label: string }[] | undefined)?.[0]?.label,
    },
    {
      name: 'cache',
      at: at('cache', 'X-Cache'),
      values: ['no', 'yes'],
      shows: [false, true],
      see: ({ answer }) => 'expires' in answer.json,
    },
    {
      name: 'email',
      at: at('email', 'X-Email'),
      values: ['a@b.test', 'c@d.test'],
      shows: [40001, 40001],
      see: codes,
    },
    {
      name: 'call',
      at: at('call', 'X-Call'),
      values: ['yes', '+8613800000000'],
      shows: [40032, 40032],
      see: codes,
    },
  ];
  const sequence: Option = {
    name: 'sequence',
    at: at('sequence_id', 'X-Sequence-ID'),
    values: ['s1', 's2'],
    see: answered('sequence_id'),
  };
  const markdown: Option = {
    name: 'markdown',
    at: at('markdown', 'X-Markdown'),
    values: ['yes', 'yes'],
    typed: () => true,
    shows: ['text/markdown', 'text/markdown'],
    see: answered('content_type'),
  };
  const message: Option = {
    name: 'message',
    at: at('message', 'X-Message'),
    values: ['eins', 'zwei'],
    see: answered('message'),
  };
  const template: Option = {
    name: 'template',
    at: { header: 'X-Template', query: 'template' },
    values: ['yes', 'github'],
    shows: [40043, 40043],
    see: codes,
  };
  const spellings: readonly [string, readonly string[]][] = [
    ['title', ['Title', 't', 'ti'].slice(0, 2)],
    ['priority', ['Priority', 'prio', 'p']],
    ['tags', ['Tags', 'tag', 'ta']],
    ['delay', ['Delay', 'X-At', 'At', 'X-In', 'In']],
    ['attach', ['Attach', 'a']],
    ['filename', ['Filename', 'file', 'f']],
    ['email', ['X-E-Mail', 'E-Mail', 'mail', 'e']],
  ];
  const aliases = spellings.flatMap(([name, names]) =>
    names.flatMap((alias) => {
      const option = options.find((one) => one.name === name);
      return option ? [{ ...option, name: `${name} as ${alias}`, at: { header: alias, query: alias } }] : [];
    }),
  );
  const json: Way = {
    name: 'JSON',
    places: ['body', 'header', 'query'],
    body: 'json',
    path: () => '/',
    base: { topic },
    options: [...options, markdown, message, template, sequence],
  };
  return {
    name: 'ntfy',
    ways: [
      json,
      { ...json, name: 'JSON by PUT under the prefix', method: 'PUT', path: () => '/ntfy', options },
      {
        name: 'a topic',
        places: ['header', 'query'],
        body: 'none',
        path: () => `/${topic}`,
        base: {},
        options: [
          ...options.filter(({ name }) => name !== 'filename'),
          markdown,
          message,
          template,
          sequence,
          ...aliases.filter(({ name }) => !name.startsWith('filename')),
        ],
      },
      {
        name: 'GET',
        method: 'GET',
        places: ['header', 'query'],
        body: 'none',
        path: () => `/${topic}/publish`,
        base: {},
        options: [...options.filter(({ name }) => name !== 'filename'), markdown, message],
      },
    ],
  };
}

/** bark-server (route_push.go): of JSON body < query < path; else query < form < path. */
export function barkReading(keys: Keys): DoorReading {
  const own = [
    'level',
    'url',
    'group',
    'sound',
    'icon',
    'copy',
    'badge',
    'ttl',
    'isarchive',
    'call',
    'volume',
  ];
  const links = ['url', 'icon'];
  const texts: Option[] = [
    {
      name: 'body',
      at: { path: 'body', query: 'body', body: 'body' },
      values: ['eins', 'zwei'],
      see: extra('bark', 'body'),
    },
    {
      name: 'title',
      at: { path: 'title', query: 'title', body: 'title' },
      values: ['one', 'two'],
      see: stored('title'),
    },
    {
      name: 'subtitle',
      at: { path: 'subtitle', query: 'subtitle', body: 'subtitle' },
      values: ['sub1', 'sub2'],
      see: extra('bark', 'subtitle'),
    },
    {
      name: 'markdown',
      at: { query: 'markdown', body: 'markdown' },
      values: ['**a**', '**b**'],
      see: stored('body'),
      shows: ['**a**', '**b**'],
    },
    {
      name: 'ciphertext',
      at: { query: 'ciphertext', body: 'ciphertext' },
      values: ['YQ', 'Yg'],
      see: extra('bark', 'ciphertext'),
    },
    ...own.map((name, at): Option => {
      const values = links.includes(name)
        ? (['https://a.test', 'https://b.test'] as const)
        : ([`${name}1`, `${name}2`] as const);
      return {
        name,
        at: everywhere(at % 2 ? name : name.toUpperCase(), ['query', 'body']),
        values,
        see: extra('bark', name),
      };
    }),
  ];
  const receiver: Option = {
    name: 'device_key',
    at: everywhere('device_key', ['path', 'query', 'body']),
    values: [keys.bark ?? '', keys.barks ?? ''],
    shows: [[Number(keys.ming)], [Number(keys.hua)]],
    see: stored('people'),
  };
  // A path names its parts by their number, so a title there needs a body, and a subtitle both.
  const path = (fixed: string) => (said: Record<string, unknown>) => {
    const { title, subtitle, body, device_key } = said as Record<string, string | undefined>;
    const key = device_key ?? fixed;
    if (subtitle !== undefined) {
      return `/${key}/T/${subtitle}/B`;
    }
    return title === undefined ? `/${key}${body === undefined ? '' : `/${body}`}` : `/${key}/${title}/B`;
  };
  const byKey = { path: path(keys.bark ?? ''), base: {}, options: texts };
  const push = {
    path: (said: Record<string, unknown>) => (said.device_key ? `/${said.device_key}` : '/push'),
    base: { body: 'b' },
    options: [receiver],
  };
  return {
    name: 'Bark',
    ways: [
      { ...byKey, name: 'JSON', places: ['path', 'query', 'body'], body: 'json' },
      { ...byKey, name: 'a form', places: ['path', 'body', 'query'], body: 'form' },
      { ...byKey, name: 'multipart', places: ['path', 'body', 'query'], body: 'multipart' },
      { ...byKey, name: 'GET', places: ['path', 'query'], body: 'none', method: 'GET' },
      { ...push, name: 'JSON to a key', places: ['path', 'query', 'body'], body: 'json' },
      { ...push, name: 'a form to a key', places: ['path', 'body', 'query'], body: 'form' },
    ],
  };
}

/** gotify (gin's binding): a form over the query; JSON has no query there, and stands over it here. */
export function gotifyReading(keys: Keys): DoorReading {
  const at = everywhere;
  const options: Option[] = [
    {
      name: 'message',
      at: at('message', ['body', 'query']),
      values: ['eins', 'zwei'],
      see: answered('message'),
    },
    {
      name: 'title',
      at: at('title', ['body', 'query']),
      values: ['one', 'two'],
      with: { message: 'm' },
      see: answered('title'),
    },
    {
      name: 'priority',
      at: at('priority', ['body', 'query']),
      values: ['8', '2'],
      typed: toNumber,
      shows: [8, 2],
      with: { message: 'm' },
      see: answered('priority'),
    },
  ];
  const way = {
    places: ['body', 'query'] as const,
    path: () => '/message',
    query: { token: keys.gotify ?? '' },
    base: {},
    options,
  };
  const token: Option = {
    name: 'token',
    at: { query: 'token', header: 'X-Gotify-Key' },
    values: [keys.gotify ?? '', keys.gotifys ?? ''],
    shows: [[Number(keys.ming)], [Number(keys.hua)]],
    see: stored('people'),
  };
  return {
    name: 'gotify',
    ways: [
      {
        name: 'its token',
        places: ['query', 'header'],
        body: 'json',
        path: () => '/message',
        base: { message: 'm' },
        options: [token],
      },
      { ...way, name: 'JSON', body: 'json' },
      { ...way, name: 'a form', body: 'form' },
      { ...way, name: 'multipart', body: 'multipart' },
    ],
  };
}

/** PushDeer (Laravel's input): the body over the query. */
export function pushdeerReading(keys: Keys): DoorReading {
  const at = (name: string) => everywhere(name, ['body', 'query']);
  const options: Option[] = [
    { name: 'text', at: at('text'), values: ['eins', 'zwei'], see: stored('body') },
    { name: 'desp', at: at('desp'), values: ['d1', 'd2'], with: { text: 't' }, see: stored('body') },
    {
      name: 'type',
      at: at('type'),
      values: ['text', 'markdown'],
      with: { text: 't' },
      see: stored('format'),
    },
    {
      name: 'pushkey',
      at: at('pushkey'),
      values: [keys.pushdeer ?? '', keys.pushdeers ?? ''],
      shows: [[Number(keys.ming)], [Number(keys.hua)]],
      with: { text: 't' },
      see: stored('people'),
    },
  ];
  const named = options.filter(({ name }) => name !== 'pushkey');
  const way = { places: ['body', 'query'] as const, path: () => '/message/push', base: {} };
  const query = { pushkey: keys.pushdeer ?? '' };
  return {
    name: 'PushDeer',
    ways: [
      ...(['json', 'form', 'multipart'] as const).map(
        (body): Way => ({ ...way, name: body, body, query, options: named }),
      ),
      ...(['json', 'form'] as const).map(
        (body): Way => ({
          ...way,
          name: `${body} with its key`,
          body,
          options: options.filter(({ name }) => name === 'pushkey'),
        }),
      ),
    ],
  };
}

/** Server酱 (PHP's request fields): what is posted over the query. */
export function serverchanReading(keys: Keys): DoorReading {
  const at = (name: string) => everywhere(name, ['body', 'query']);
  const one: Option[] = [
    { name: 'title', at: at('title'), values: ['one', 'two'], see: stored('title') },
    { name: 'text', at: at('text'), values: ['one', 'two'], see: stored('title') },
    { name: 'desp', at: at('desp'), values: ['d1', 'd2'], with: { title: 't' }, see: stored('body') },
    { name: 'short', at: at('short'), values: ['s1', 's2'], with: { title: 't' }, see: stored('summary') },
    {
      name: 'noip',
      at: at('noip'),
      values: ['1', '0'],
      shows: [false, true],
      with: { title: 't' },
      see: ({ stored: row }) => 'ip' in (row?.extras.serverchan ?? {}),
    },
    {
      name: 'channel',
      at: at('channel'),
      values: ['9', '77'],
      typed: toNumber,
      shows: [['wechat'], undefined],
      with: { title: 't' },
      see: ({ stored: row }) => row?.channels ?? undefined,
    },
    {
      name: 'encoded',
      at: at('encoded'),
      values: ['1', '0'],
      shows: [true, undefined],
      with: { title: 't', desp: 'YQ==' },
      see: extra('serverchan', 'encoded'),
    },
  ];
  const tags: Option = {
    name: 'tags',
    at: at('tags'),
    values: ['a', 'b'],
    shows: [['a'], ['b']],
    with: { title: 't' },
    see: extra('serverchan', 'tags'),
  };
  const turbo = {
    places: ['body', 'query'] as const,
    path: () => `/${keys.sendkey}.send`,
    base: {},
    options: one,
  };
  return {
    name: 'Server酱',
    ways: [
      ...(['json', 'form', 'multipart'] as const).map((body): Way => ({ ...turbo, name: body, body })),
      {
        ...turbo,
        name: 'GET',
        method: 'GET',
        places: ['query'],
        body: 'none',
        options: one.filter((option) => option.with === undefined),
      },
      { ...turbo, name: '³', body: 'json', path: () => `/send/${keys.sendkey3}.send`, options: [tags] },
    ],
  };
}

/** PushPlus (docs, 2025-10): a parameter stands in the query or in the body; the token in the path too, over both. */
export function pushplusReading(keys: Keys): DoorReading {
  const at = (name: string) => everywhere(name, ['body', 'query']);
  const c = { content: 'c' };
  const options: Option[] = [
    { name: 'content', at: at('content'), values: ['eins', 'zwei'], see: stored('body') },
    { name: 'title', at: at('title'), values: ['one', 'two'], with: c, see: stored('title') },
    {
      name: 'template',
      at: at('template'),
      values: ['txt', 'markdown'],
      shows: ['text', 'markdown'],
      with: { ...c, token: keys.pushplus },
      see: stored('format'),
    },
    {
      name: 'channel',
      at: at('channel'),
      values: ['wechat', 'voice'],
      shows: [200, 999],
      with: c,
      see: codes,
    },
    {
      name: 'topic',
      at: at('topic'),
      values: [keys.group ?? '', 'nowhere'],
      shows: [200, 999],
      with: c,
      see: codes,
    },
    { name: 'to', at: at('to'), values: ['nobody', 'noone'], shows: [999, 999], with: c, see: codes },
    {
      name: 'timestamp',
      at: at('timestamp'),
      values: ['4102444800000', '4102531200000'],
      typed: toNumber,
      shows: [4_102_444_800_000, 4_102_531_200_000],
      with: c,
      see: stored('expiresAt'),
    },
    {
      name: 'webhook',
      at: at('webhook'),
      values: ['w1', 'w2'],
      shows: ['渠道配置不存在', '渠道配置不存在'],
      with: { ...c, channel: 'webhook' },
      see: ({ answer }) => String(answer.json.msg).slice(0, 7),
    },
    {
      name: 'option',
      at: at('option'),
      values: ['w1', 'w2'],
      shows: ['渠道配置不存在[w1]', '渠道配置不存在[w2]'],
      with: { ...c, channel: 'webhook' },
      see: ({ answer }) => answer.json.msg,
    },
    { name: 'pre', at: at('pre'), values: ['p1', 'p2'], shows: [999, 999], with: c, see: codes },
  ];
  const token: Option = {
    name: 'token',
    at: everywhere('token', ['path', 'body', 'query']),
    with: c,
    values: [keys.pushplus ?? '', keys.pushpluss ?? ''],
    shows: [[Number(keys.ming)], [Number(keys.hua)]],
    see: stored('people'),
  };
  const way = { places: ['body', 'query'] as const, path: () => `/send/${keys.pushplus}`, base: {}, options };
  const byToken = {
    places: ['path', 'body', 'query'] as const,
    path: ({ token: key }: Record<string, unknown>) => (key ? `/send/${key}` : '/send'),
    base: {},
    options: [token],
  };
  return {
    name: 'PushPlus',
    ways: [
      ...(['json', 'form', 'multipart'] as const).map((body): Way => ({ ...way, name: body, body })),
      { ...way, name: 'PUT', method: 'PUT', body: 'json' },
      ...(['json', 'form'] as const).map(
        (body): Way => ({ ...byToken, name: `${body} with its token`, body }),
      ),
    ],
  };
}

/** WxPusher (openapi.yaml): POST documents its fields in the body, all other methods in the query; each counts where it is documented. */
export function wxpusherReading(keys: Keys): DoorReading {
  const at = (name: string) => everywhere(name, ['body', 'query']);
  const c = { content: 'c' };
  const options: Option[] = [
    { name: 'content', at: at('content'), values: ['eins', 'zwei'], see: stored('body') },
    { name: 'summary', at: at('summary'), values: ['s1', 's2'], with: c, see: stored('summary') },
    {
      name: 'contentType',
      at: at('contentType'),
      values: ['3', '2'],
      typed: toNumber,
      shows: ['markdown', 'html'],
      with: c,
      see: stored('format'),
    },
    { name: 'url', at: at('url'), values: ['https://a.test', 'https://b.test'], with: c, see: stored('url') },
    {
      name: 'spt',
      at: at('spt'),
      values: [keys.spt ?? '', keys.spts ?? ''],
      shows: [[Number(keys.ming)], [Number(keys.hua)]],
      with: c,
      see: stored('people'),
    },
  ];
  const simple = {
    places: ['body', 'query'] as const,
    path: () => '/api/send/message/simple-push',
    base: {},
    query: { spt: keys.spt ?? '' },
  };
  const bySpt = options.filter(({ name }) => name === 'spt');
  const said = options.filter(({ name }) => name !== 'spt');
  const app: Option[] = [
    {
      name: 'appToken',
      at: at('appToken'),
      values: [keys.appToken ?? '', 'AT_wrong'],
      shows: [1000, 1001],
      with: { ...c, uids: [keys.uid] },
      see: codes,
    },
    {
      name: 'uid',
      at: at('uid'),
      values: [keys.uid ?? '', 'UID_unknown'],
      shows: [[Number(keys.ming)], undefined],
      with: { ...c, appToken: keys.appToken },
      see: stored('people'),
    },
    {
      name: 'topicId',
      at: at('topicId'),
      values: [keys.topicId ?? '', '7'],
      typed: toNumber,
      shows: [[Number(keys.topicId)], undefined],
      with: { ...c, appToken: keys.appToken },
      see: stored('topics'),
    },
  ];
  return {
    name: 'WxPusher',
    ways: [
      ...(['json', 'form'] as const).map(
        (body): Way => ({ ...simple, name: `simple push, ${body}`, body, options: said }),
      ),
      ...(['json', 'form'] as const).map(
        (body): Way => ({
          ...simple,
          query: {},
          name: `simple push by its key, ${body}`,
          body,
          options: bySpt,
        }),
      ),
      {
        name: 'standard push',
        places: ['body', 'query'],
        body: 'json',
        path: () => '/api/send/message',
        base: {},
        options: app,
      },
      {
        name: 'GET',
        method: 'GET',
        places: ['query'],
        body: 'none',
        path: () => '/api/send/message',
        base: {},
        query: { appToken: keys.appToken ?? '', uid: keys.uid ?? '', content: 'c' },
        options: said.filter(({ name }) => name === 'summary' || name === 'url'),
      },
    ],
  };
}

/** The WeCom relay: the seed documents JSON alone; what a query says besides is not lost. */
export function wecomReading(keys: Keys): DoorReading {
  const at = (name: string) => everywhere(name, ['body', 'query']);
  const options: Option[] = [
    { name: 'content', at: at('content'), values: ['eins', 'zwei'], see: stored('body') },
    { name: 'title', at: at('title'), values: ['one', 'two'], with: { content: 'c' }, see: stored('title') },
  ];
  const way = {
    places: ['body', 'query'] as const,
    path: () => `/api/notify/${keys.code}`,
    base: {},
    options,
  };
  return {
    name: 'WeCom relay',
    ways: (['json', 'form'] as const).map((body): Way => ({ ...way, name: body, body })),
  };
}
