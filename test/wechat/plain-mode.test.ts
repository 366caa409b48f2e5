/** Plaintext mode, whose signature covers no body: what somebody can do who saw a push on its way, and with an openid. */
import { afterEach, describe, expect, it } from 'vitest';
import { buildXml } from '#src/lib/xml.js';
import { openWorld, type World } from '#test/support/world.js';
import { ACCOUNT, AES_KEY, type DoorWorld, openDoor, shown, signQuery, textOf } from './door-world.js';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;

let door: DoorWorld | null = null;
let w: World | null = null;
afterEach(async () => {
  await door?.close();
  await w?.close();
  [door, w] = [null, null];
});

async function open(options: Parameters<typeof openDoor>[0] = {}): Promise<DoorWorld> {
  door = await openDoor(options);
  return door;
}

describe('a push that somebody saw', () => {
  it.each(['uid', 'keys', '退出登录'])('carries no other words: %s', async (words) => {
    const at = await open();
    const query = signQuery(ACCOUNT.token, at.clock.now());
    expect(await shown(await at.post(query, buildXml(textOf('help'))))).toMatch(/使用帮助/);
    const forged = await at.post(query, buildXml(textOf(words, { FromUserName: 'oSIMvictim' })));
    expect(forged).toMatchObject({ status: 401, text: '' });
    expect(at.lines.at(-1)).toMatch(/nonce came with another body/);
    expect(await at.db.identity.count({ where: { externalId: 'oSIMvictim' } })).toBe(0);
    expect(at.later).toEqual([]);
  });

  it('carries none at another process or after a restart either', async () => {
    const at = await open();
    const query = signQuery(ACCOUNT.token, at.clock.now());
    await at.post(query, buildXml(textOf('help')));
    await at.idle();
    at.restart();
    expect((await at.post(query, buildXml(textOf('uid')))).status).toBe(401);
  });

  it('of two bodies at the same moment one is worked on', async () => {
    const at = await open();
    const query = signQuery(ACCOUNT.token, at.clock.now());
    const bodies = ['help', 'uid', '暂停'].map((words) => buildXml(textOf(words)));
    const answers = await Promise.all(bodies.map((body) => at.post(query, body)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401]);
  });

  it('repeated as it is does what it did: nothing more', async () => {
    const at = await open();
    const app = await at.makeApp('alarm');
    await at.push(textOf(`#${app.id}`));
    const query = signQuery(ACCOUNT.token, at.clock.now());
    const body = buildXml(textOf(`#${app.id} restart`));
    const texts = [];
    for (let repeat = 0; repeat < 3; repeat += 1) {
      texts.push(await shown(await at.post(query, body)));
      at.clock.advance(5 * SECOND_MS);
    }
    expect(new Set(texts).size).toBe(1);
    expect(await at.upstream()).toHaveLength(1);
  });

  it('serves no push where it was the check of the server URL', async () => {
    const at = await open();
    const query = signQuery(ACCOUNT.token, at.clock.now());
    expect(await at.get(`${query}&echostr=42`)).toMatchObject({ status: 200, text: '42' });
    expect(await at.get(`${query}&echostr=42`)).toMatchObject({ status: 200, text: '42' });
    expect((await at.post(query, buildXml(textOf('keys')))).status).toBe(401);
    expect((await at.get(`${query}&echostr=43`)).status).toBe(401);
  });

  it('cannot be split anew into a time and a nonce that were never seen', async () => {
    const at = await open();
    const query = new URLSearchParams(signQuery(ACCOUNT.token, at.clock.now(), '99'));
    await at.post(query.toString(), buildXml(textOf('help')));
    // Sorted and joined, the last digits of the time may as well be the first of the nonce.
    const time = query.get('timestamp') ?? '';
    query.set('nonce', `${time.slice(-1)}99`);
    query.set('timestamp', time.slice(0, -1));
    expect((await at.post(query.toString(), buildXml(textOf('uid')))).status).toBe(401);
  });
});

describe('time', () => {
  it.each([
    ['15 seconds late, as a last try is', -15, 200],
    ['five minutes late', -299, 200],
    ['six minutes late', -360, 401],
    ['a minute and a half early', 90, 200],
    ['three minutes early', 180, 401],
    ['of the year 1970', -1_700_000_000, 401],
  ])('a push %s', async (_what, seconds, status) => {
    const at = await open();
    const query = signQuery(ACCOUNT.token, at.clock.now() + seconds * SECOND_MS);
    expect((await at.post(query, buildXml(textOf('help')))).status).toBe(status);
    const other = signQuery(ACCOUNT.token, at.clock.now() + seconds * SECOND_MS);
    expect((await at.get(`${other}&echostr=1`)).status).toBe(status);
  });

  it('the log says how far off the clock is', async () => {
    const at = await open();
    await at.get(`${signQuery(ACCOUNT.token, at.clock.now() + 5 * MINUTE_MS)}&echostr=1`);
    expect(at.lines.at(-1)).toMatch(/too far from the clock of this server, by -300 s/);
  });

  it('with a message key set the check of the year 1970 is refused as well', async () => {
    const at = await open({ settings: { aesKey: AES_KEY } });
    expect((await at.get(`${signQuery(ACCOUNT.token, 0)}&echostr=1`)).status).toBe(401);
    expect(
      (await at.get(`${signQuery(ACCOUNT.token, at.clock.now() + 9 * MINUTE_MS)}&echostr=1`)).status,
    ).toBe(200);
  });

  it('pushes that come in another order than they were sent are each worked on', async () => {
    const at = await open();
    const sent = ['uid', 'help', '暂停'].map((words, second) => ({
      query: signQuery(ACCOUNT.token, at.clock.now() - (10 - second) * SECOND_MS),
      body: buildXml(textOf(words)),
    }));
    for (const { query, body } of sent.reverse()) {
      expect(await shown(await at.post(query, body))).not.toBe('');
    }
  });
});

describe('what only the follower may read', () => {
  it('a link to keys goes to their chat, not to whoever pushed', async () => {
    const at = await open();
    expect(await at.push(textOf('密钥'))).toMatchObject({ status: 200, text: 'success' });
    expect(at.later).toEqual([{ openid: 'oSIM1', text: expect.stringMatching(/push\.example\/k\/\w+/) }]);
    // Nor does a repeat find it in what was kept of the answer.
    const again = await at.push(textOf('密钥'));
    expect(again.text).not.toMatch(/\/k\//);
  });

  it('a signed setting link does too; a list without one is answered', async () => {
    const at = await open();
    const { app } = await at.core.apps.createApp(
      { name: 'alarm', settingUrl: 'https://dev.example/set', settingSecret: 'shh' },
      null,
    );
    await at.push(textOf(`#${app.id}`));
    expect((await at.push(textOf('订阅'))).text).toBe('success');
    expect(at.later[0]?.text).toMatch(/sign=/);
    await at.core.apps.updateApp(app.id, { settingSecret: '' });
    expect(await shown(await at.push(textOf('订阅')))).toMatch(/dev\.example\/set\?uid=/);
  });

  it('where WeChat does not take it, the answer says what to do and holds no link', async () => {
    const at = await open({ sendText: () => Promise.reject(new Error('45015')) });
    const answer = await shown(await at.push(textOf('密钥')));
    expect(answer).toMatch(/稍后再试.*Try again/s);
    expect(answer).not.toMatch(/\/k\//);
  });

  it('a tap in the menu does the same, seen from the phone', async () => {
    w = await openWorld({ mode: 'plain' });
    const ming = w.phone('Ming');
    await ming.follows();
    const tapped = await ming.taps('QN_KEYS');
    expect(tapped.reply).toBeNull();
    const link = new URL(/https?:\/\/\S+/.exec(tapped.text)?.[0] ?? '');
    expect((await w.call(link.pathname)).status).toBe(200);
  });

  it.each(['safe', 'compatible'] as const)('in %s mode the answer itself has it', async (mode) => {
    w = await openWorld({ mode });
    await w.phone('Ming').follows();
    expect((await w.phone('Ming').says('密钥')).reply?.text).toMatch(/\/k\/\w+/);
  });
});
