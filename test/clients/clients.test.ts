/** Other people's newest clients, as they are published, against the real server: see README.md; only with CLIENTS=1. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KEY_KINDS } from '#src/core/key-kinds.js';
import type { AppBuilder } from '#test/support/builders.js';
import { openWorld, type World } from '#test/support/world.js';
import { buildJava } from './java.js';
import { readExamples } from './ntfy-examples.js';
import { type OfficialHosts, openOfficialHosts } from './official-hosts.js';
import { type McpServer, openMcpServer } from './pushplus-mcp.js';
import { clientsFolder, installGo, installPython, must, type Ran, run } from './tools.js';

const IS_WANTED = process.env.CLIENTS === '1';
/** Where the sources lie of what no registry has, a folder each; what is not there is left out. */
const SOURCES = process.env.CLIENT_SOURCES ?? '';
const MINUTES = 15 * 60_000;

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const source = (name: string): string => join(SOURCES, name);
const has = (name: string): boolean => SOURCES !== '' && existsSync(source(name));

let w: World;
let hosts: OfficialHosts;
let folder = '';
let app: AppBuilder;
const keys: Record<string, string> = {};
const results: string[] = [];

beforeAll(async () => {
  if (!IS_WANTED) {
    return;
  }
  folder = clientsFolder();
  w = await openWorld();
  hosts = await openOfficialHosts(w.url, folder);
  app = w.app('告警');
  const made = await app.made();
  await w.phone('Ming').follows();
  await w.phone('Ming').scans(made.qrcodeUrl);
  const uid = await w.phone('Ming').uid();
  const { personId } = await w.core.people.getByUid(uid);
  for (const kind of KEY_KINDS) {
    keys[kind] = await w.core.keys.showKey(personId, kind);
  }
  const { secret } = await w.core.openAccess.getRules(personId);
  Object.assign(keys, { appToken: made.appToken, uid, pushplusSecret: secret });
  await befriend('Hua', personId);
}, MINUTES);
afterAll(async () => {
  if (IS_WANTED) {
    writeFileSync(join(folder, 'results.txt'), `${results.join('\n')}\n`);
    hosts.close();
    await w.close();
  }
});

/** Somebody scans the code of a person, and is their friend. */
async function befriend(name: string, personId: number): Promise<void> {
  await w.phone(name).follows();
  const space = await w.core.spaces.getSpace(personId);
  await w.phone(name).scans((await w.core.qrcodes.getDefault(space.id)).url);
}

/** The newest message whose words have the mark was sent to Ming. */
async function arrives(mark: string): Promise<void> {
  await w.drain();
  const holds = { contains: mark };
  const { id } = await w.db.message.findFirstOrThrow({
    where: { OR: [{ title: holds }, { summary: holds }, { body: holds }] },
    orderBy: { id: 'desc' },
  });
  expect(await w.db.delivery.findMany({ where: { messageId: id } })).toEqual([
    expect.objectContaining({ channel: 'wechat', state: 'sent' }),
  ]);
}

/** Fails with what the program said where it does not end well. */
function expectWell(ran: Ran): void {
  expect(ran.code, `${ran.out}\n${ran.err}`).toBe(0);
}

const environment = (): Record<string, string> => ({
  ...hosts.env,
  SERVER: w.url,
  KEYS: JSON.stringify(keys),
  PYTHONIOENCODING: 'utf-8',
});

describe.skipIf(!IS_WANTED)('Python', () => {
  let python = '';
  beforeAll(async () => {
    python = await installPython(folder, {
      newest: [
        'apprise',
        'perk-pushplus-sdk',
        'wxpusher',
        'serverchan-sdk',
        'gotify',
        'pypushdeer',
        'python-ntfy',
      ],
      anyPython: ['aiontfy'],
    });
  }, MINUTES);

  it.each([
    'apprise-bark',
    'apprise-ntfy',
    'apprise-gotify',
    'apprise-gotify-markdown',
    'apprise-pushdeer',
    'apprise-pushplus',
    'apprise-serverchan',
    'apprise-wxpusher',
    'perk-pushplus-sdk',
    'wxpusher',
    'serverchan-sdk',
    'serverchan-sdk-3',
    'gotify',
    'pypushdeer',
    'python-ntfy',
    'aiontfy',
  ])('%s', async (name) => {
    const mark = name.replaceAll('-', '');
    const ran = await run(python, [here('python_clients.py'), name, mark], { env: environment() });
    expectWell(ran);
    results.push(`${name} ${ran.out.split('\n', 1)[0]}`);
    await arrives(mark);
  });
});

describe.skipIf(!IS_WANTED)('Go: shoutrrr', () => {
  let shoutrrr = '';
  beforeAll(async () => {
    shoutrrr = await installGo(folder, 'github.com/nicholas-fedor/shoutrrr/shoutrrr@latest', 'shoutrrr');
  }, MINUTES);

  it.each<[string, (host: string) => string]>([
    ['bark', (host) => `bark://:${keys.bark}@${host}/?scheme=http`],
    ['ntfy', (host) => `ntfy://${host}/${keys.ntfy}?scheme=http&priority=high&tags=warning`],
    ['gotify', (host) => `gotify://${host}/${keys.gotify}?disabletls=yes&priority=8`],
    ['generic', (host) => `generic+http://${host}/${keys.ntfy}?title=shoutrrr`],
  ])('%s', async (name, toUrl) => {
    const url = toUrl(new URL(w.url).host);
    const ran = await run(shoutrrr, [
      'send',
      '--url',
      url,
      '--title',
      't',
      '--message',
      `由 shoutrrr${name} 发`,
    ]);
    expectWell(ran);
    results.push(`shoutrrr-${name} ${(await must(shoutrrr, ['--version'])).trim()}`);
    await arrives(`shoutrrr${name}`);
  });
});

describe.skipIf(!IS_WANTED || !has('wxpusher-sdk-java'))("the tests of WxPusher's own Java SDK", () => {
  const NAME = 'com.smjcco.wxpusher.client.sdk.ClientTest';
  let java: string[] = [];
  beforeAll(async () => {
    const { personId } = await w.core.people.getByUid(keys.uid ?? '');
    const { id: appId } = await app.made();
    const topic = await w.core.topics.createTopic(appId, { name: 'java' });
    const who = { personId, uid: keys.uid ?? '', appId, source: 'scan', extra: '' } as const;
    await w.core.subscriptions.subscribe({ ...who, topicId: topic.id });
    const { items } = await w.core.subscribers.listSubscribers({ appId, topicId: 0 }, { skip: 0, take: 1 });
    const relation = items[0]?.id ?? 0;
    // Its tests look at the clock of the machine.
    w.clock.advance(Math.max(0, Date.now() - w.clock.now()));
    java = await buildJava(folder, source('wxpusher-sdk-java/client-sdk/src'), hosts.env, {
      // What its tests ask to be replaced by one's own.
      AT_xxx: keys.appToken ?? '',
      UID_xx: keys.uid ?? '',
      '6950L': `${topic.id}L`,
      '(141)': `(${appId})`,
      'valueOf(28134)': `valueOf(${relation}L)`,
      '28134L': `${relation}L`,
    });
    results.push('wxpusher-sdk-java');
  }, MINUTES);

  it.each([
    'testSendTextToUser',
    'testSendHtmlToUser',
    'testSendMarkdownToUser',
    'testSendToTopic',
    'testSendToMultiUsers',
    'testSendWithUrl',
    'testQueryMessageStatus',
    'testDeleteMessage',
    'testCreateTempQrcode',
    'testQueryWxUser',
    'testQuerySpecificUser',
    'testQueryScanUID',
    'testRejectUser',
    'testDeleteUser',
  ])('%s', async (test) => {
    expectWell(await run('java', [...java, 'OneTest', NAME, test]));
  });
});

describe.skipIf(!IS_WANTED || !has('uptime-kuma'))('uptime-kuma', () => {
  const built = (): string => join(folder, 'uptime-kuma');
  beforeAll(async () => {
    const { version, dependencies } = JSON.parse(readFileSync(source('uptime-kuma/package.json'), 'utf8'));
    await mkdir(built(), { recursive: true });
    for (const part of ['server/notification-providers', 'src']) {
      await cp(source(`uptime-kuma/${part}`), join(built(), part), { recursive: true });
    }
    const names = [
      'axios',
      'liquidjs',
      'dayjs',
      'jsonata',
      'http-proxy-agent',
      'https-proxy-agent',
      'socks-proxy-agent',
    ];
    const packages = names.map((name) => `${name}@${dependencies[name]}`);
    await must('npm', ['install', '--no-audit', '--no-fund', '--prefix', built(), ...packages]);
    results.push(`uptime-kuma ${version}`);
  }, MINUTES);

  it.each<[string, () => Record<string, unknown>]>([
    ['bark', () => ({ barkEndpoint: `${w.url}/${keys.bark}/`, apiVersion: 'v1' })],
    ['bark', () => ({ barkEndpoint: `${w.url}/${keys.bark}`, apiVersion: 'v2', barkGroup: 'g' })],
    ['ntfy', () => ({ ntfyserverurl: `${w.url}/ntfy/`, ntfytopic: keys.ntfy, ntfyPriority: 4 })],
    ['gotify', () => ({ gotifyserverurl: `${w.url}/`, gotifyapplicationToken: keys.gotify })],
    ['pushdeer', () => ({ pushdeerServer: `${w.url}/`, pushdeerKey: keys.pushdeer })],
    ['pushplus', () => ({ pushPlusSendKey: keys.pushplus })],
    ['serverchan', () => ({ serverChanSendKey: keys.sendkey })],
    ['serverchan', () => ({ serverChanSendKey: keys.sendkey3 })],
    ['wxpusher', () => ({ wxpusherSPT: keys.spt })],
  ])('%s %#', async (provider, settings) => {
    const mark = `${provider}${expect.getState().currentTestName?.slice(-1)}`;
    const args = [here('uptime_kuma.cjs'), built(), provider, JSON.stringify(settings()), mark];
    const ran = await run(process.execPath, args, { env: environment() });
    expectWell(ran);
    expect(ran.out).toMatch(/succe/i);
    results.push(`uptime-kuma ${provider}`);
    await arrives(`网站 ${mark}`);
  });
});

describe.skipIf(!IS_WANTED || !has('pushplus-mcp-server'))("PushPlus's own MCP server", () => {
  let mcp: McpServer;
  beforeAll(async () => {
    const built = join(folder, 'pushplus-mcp-server');
    await rm(built, { recursive: true, force: true });
    await cp(source('pushplus-mcp-server'), built, { recursive: true });
    await must('npm', ['ci', '--no-audit', '--no-fund'], { cwd: built });
    await must('npm', ['run', 'build'], { cwd: built });
    mcp = await openMcpServer(join(built, 'dist', 'index.js'), {
      PUSHPLUS_TOKEN: keys.pushplus ?? '',
      PUSHPLUS_SECRET_KEY: keys.pushplusSecret ?? '',
      PUSHPLUS_BASE_URL: w.url,
    });
    results.push(`pushplus-mcp-server ${mcp.version}`);
  }, MINUTES);
  afterAll(() => mcp?.close());

  it.each([
    ['send_push_message', { title: 'mcp 一', content: '<b>粗</b>' }],
    ['send_text_message', { title: 'mcp 二', content: '文字' }],
    ['send_markdown_message', { title: 'mcp 三', content: '**粗**' }],
    ['send_json_message', { title: 'mcp 四', content: '{"a":1}' }],
    ['batch_send_message', { title: 'mcp 五', content: 'x', channel: 'wechat' }],
  ])('%s', async (tool, args) => {
    const { text, isError } = await mcp.call(tool, args);
    expect([isError, text]).toEqual([false, expect.stringContaining('✅')]);
    await arrives(args.title);
  });

  it('is told of a refusal in its words', async () => {
    const { text } = await mcp.call('send_push_message', { content: 'x', channel: 'voice' });
    expect(text).toContain('999');
    expect(text).not.toMatch(/解析|格式|invalid_type/);
  });

  it.each([
    ['open_user_my_info', {}],
    ['open_message_list', {}],
    ['open_friend_list', {}],
    ['open_friend_blacklist_list', {}],
    ['open_topic_list', {}],
    ['open_token_list', {}],
    ['open_webhook_list', {}],
    ['open_mp_list', {}],
    ['open_setting_list_user_default', {}],
  ])('%s', async (tool, args) => {
    const { text, isError } = await mcp.call(tool, args);
    expect([isError, JSON.parse(text)]).toEqual([false, expect.objectContaining({ code: 200 })]);
  });
});

describe.skipIf(!IS_WANTED || !has('ntfy'))("the curl examples of ntfy's documentation", () => {
  const text = has('ntfy') ? readFileSync(source('ntfy/docs/publish.md'), 'utf8') : '';
  const PLACE = { server: 'http://server.example', topic: 'TOPIC' };

  it.each(readExamples(text, PLACE))('$script', async ({ script, refusals }) => {
    const own = script.replaceAll(PLACE.server, w.url).replaceAll(PLACE.topic, keys.ntfy ?? '');
    writeFileSync(join(folder, 'flower.jpg'), Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3]));
    const shell = `curl() { command curl -sS "$@"; echo; }\n${own}`;
    const { out, err } = await run('bash', ['-c', shell], { cwd: folder });
    const answers = out.split('\n').filter((line) => line.startsWith('{'));
    expect([answers.length > 0, err]).toEqual([true, '']);
    for (const answer of answers.map((line) => JSON.parse(line) as { event?: string; code?: number })) {
      expect(
        answer.event?.startsWith('message') || refusals.includes(answer.code ?? 0),
        JSON.stringify(answer),
      ).toBe(true);
    }
    expect(refusals.length === 0 || answers.some((line) => line.includes('"code"'))).toBe(true);
  });
});
