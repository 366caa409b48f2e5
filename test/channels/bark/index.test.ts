/** The Bark channel: the exact parameters that a server gets, and what each of its answers means. */
import { createDecipheriv } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { createBarkChannel } from '#src/channels/bark/index.js';
import type { ChannelSettings } from '#src/channels/channel.js';
import type { MessageContent } from '#src/core/types.js';
import {
  answering,
  type Cleanups,
  cleanUp,
  messageOf,
  openIo,
  openPeer,
  sendBy,
  wrongFields,
} from '#test/channels/http-peer.js';

const cleanups: Cleanups = [];
afterEach(() => cleanUp(cleanups));

const channel = createBarkChannel();
const KEY = 'sim-device1';
const OK = answering(200, { code: 200, message: 'success', timestamp: 1 });

async function pushed(message: MessageContent, settings: ChannelSettings = {}) {
  const { url, seen } = await openPeer(cleanups, OK);
  const outcome = await sendBy(
    channel,
    { server: `${url}/bark/`, key: KEY, ...settings },
    { message, io: openIo(cleanups) },
  );
  expect(outcome).toEqual({ kind: 'sent' });
  const [request] = seen;
  return { ...request, json: JSON.parse(request?.body ?? '') };
}

async function outcomeOf(answer: Parameters<typeof openPeer>[1]) {
  const { url } = await openPeer(cleanups, answer);
  return sendBy(channel, { server: url, key: KEY }, { io: openIo(cleanups) });
}

describe('a push', () => {
  it('is these bytes', async () => {
    const { method, path, headers, body } = await pushed(messageOf());
    expect(`${method} ${path}`).toBe('POST /bark/push');
    expect(headers?.['content-type']).toBe('application/json; charset=utf-8');
    expect(body).toBe(
      '{"title":"CPU > 90%","body":"主机 \\"db-1\\" 🔥\\n请检查","url":"https://q.example/m/1-abc","group":"机房告警","device_key":"sim-device1"}',
    );
  });

  it('sounds and looks as the settings say, and opens the link where they say so', async () => {
    const settings = {
      sound: 'bell',
      group: 'ops',
      level: 'passive',
      icon: 'https://i.example/a.png',
      isArchive: '1',
    };
    const { json } = await pushed(messageOf(), { ...settings, tap: 'link' });
    expect(json).toMatchObject({ ...settings, url: 'https://link.example/a?b=1&c=2' });
  });

  it('opens the page where the message has no link', async () => {
    const { json } = await pushed(messageOf({ url: '' }), { tap: 'link' });
    expect(json.url).toBe('https://q.example/m/1-abc');
  });

  it.each([
    ['', 'timeSensitive'],
    ['passive', 'timeSensitive'],
    ['critical', 'critical'],
  ])('of an urgent message under the level "%s" is %s', async (level, expected) => {
    const { json } = await pushed(messageOf({ isUrgent: true }), { level });
    expect(json.level).toBe(expected);
  });

  it('carries Markdown for apps that draw it and plain lines for those that do not', async () => {
    const { json } = await pushed(
      messageOf({ format: 'markdown', body: '# 故障\n\n- **磁盘**满了\n- 重启' }),
    );
    expect(json).toMatchObject({
      markdown: '# 故障\n\n- **磁盘**满了\n- 重启',
      body: '故障\n磁盘满了\n重启',
    });
  });

  it('takes the parameters of a Bark sender as they are, but never a device', async () => {
    const bark = {
      subtitle: '副标题',
      sound: '1107',
      isarchive: '0',
      copy: 'x',
      url: 'app://y',
      device_key: 'other',
      Device_Keys: ['z'],
    };
    const { json } = await pushed(messageOf({ extras: { bark } }), { sound: 'bell', isArchive: '1' });
    expect(json).toEqual({
      title: 'CPU > 90%',
      body: '主机 "db-1" 🔥\n请检查',
      group: '机房告警',
      subtitle: '副标题',
      sound: '1107',
      isarchive: '0',
      copy: 'x',
      url: 'app://y',
      device_key: KEY,
    });
  });

  it('passes on what the sender encrypted, and adds nothing readable', async () => {
    const bark = { ciphertext: 'd3QhjQjP5maj', iv: '1111111111111111' };
    const encryption = { encryptionKey: '1234567890123456' };
    const { json } = await pushed(messageOf({ extras: { bark } }), encryption);
    expect(json).toEqual({ ...bark, device_key: KEY });
  });

  it('is cut to what an Apple push holds, not inside a character', async () => {
    const { json } = await pushed(messageOf({ body: '🔥<'.repeat(5_000) }));
    expect(json.body).toMatch(/^(?:🔥<)+🔥?…$/u);
    // Go writes < as \u003c: six bytes.
    const size = Buffer.byteLength(JSON.stringify(json).replaceAll('<', '\\u003c'));
    expect(size).toBeLessThanOrEqual(4096 - 200);
    expect(size).toBeGreaterThan(3700);
  });

  it('logs in where the server asks for it', async () => {
    const { headers } = await pushed(messageOf(), { user: 'ming', password: 'pässword' });
    expect(headers?.authorization).toBe(`Basic ${Buffer.from('ming:pässword').toString('base64')}`);
  });
});

describe('an encrypted push', () => {
  const settings = {
    encryptionKey: '1234567890123456',
    encryptionMode: 'CBC',
    encryptionAlgorithm: 'AES128',
  };
  const decrypt = ({ ciphertext, iv }: Record<string, string>) => {
    const decipher = createDecipheriv('aes-128-cbc', settings.encryptionKey, iv ?? '');
    const bytes = Buffer.concat([decipher.update(ciphertext ?? '', 'base64'), decipher.final()]);
    return JSON.parse(bytes.toString());
  };

  it('hides everything but the device, with a fresh IV each time', async () => {
    const first = await pushed(messageOf(), settings);
    const second = await pushed(messageOf(), settings);
    expect(Object.keys(first.json)).toEqual(['ciphertext', 'iv', 'device_key']);
    expect(first.json.iv).not.toBe(second.json.iv);
    expect(decrypt(first.json)).toEqual({
      title: 'CPU > 90%',
      body: '主机 "db-1" 🔥\n请检查',
      url: 'https://q.example/m/1-abc',
      group: '机房告警',
    });
  });

  it('uses the IV of the settings where there is one, and none in ECB mode', async () => {
    const fixed = await pushed(messageOf(), { ...settings, encryptionIv: '1111111111111111' });
    const ecb = await pushed(messageOf(), { ...settings, encryptionMode: 'ECB' });
    expect(fixed.json.iv).toBe('1111111111111111');
    expect(Object.keys(ecb.json)).toEqual(['ciphertext', 'device_key']);
  });

  it('is cut before it is hidden, so that the ciphertext fits', async () => {
    const { json, body } = await pushed(messageOf({ body: '长'.repeat(5_000) }), settings);
    expect(decrypt(json).body).toMatch(/^长+…$/);
    expect(Buffer.byteLength(body ?? '')).toBeLessThanOrEqual(4096 - 200);
  });

  it('leaves the id in clear, by which the server replaces a notification', async () => {
    const { json } = await pushed(messageOf({ extras: { bark: { id: 'n1' } } }), settings);
    expect(json.id).toBe('n1');
  });
});

describe('the answer', () => {
  const envelope = (code: number, message: string) => answering(code, { code, message, timestamp: 1 });

  it('of an unknown device ends the channel, and does not repeat the key', async () => {
    const message = `failed to get device token: failed to get [${KEY}] device token from database`;
    const outcome = await outcomeOf(envelope(400, message));
    expect(outcome).toMatchObject({ kind: 'gone', code: '400', why: expect.stringContaining('[***]') });
  });

  it.each([
    ['device key is empty', 400, 'gone'],
    ['request bind failed: x', 400, 'refused'],
    ['invalid type for device_keys', 400, 'refused'],
    ['push failed: apns 503', 500, 'retry'],
    ['push failed: PayloadTooLarge', 500, 'refused'],
    ['Cannot POST /push', 404, 'refused'],
    ['Method Not Allowed', 405, 'refused'],
    ['Too Many Requests', 429, 'retry'],
  ] as const)('"%s" with %i is %s', async (message, code, kind) => {
    expect(await outcomeOf(envelope(code, message))).toMatchObject({
      kind,
      code: String(code),
      why: expect.stringContaining(message),
    });
  });

  it('418 says that the server wants a login', async () => {
    const outcome = await outcomeOf(answering(418, "I'm a teapot"));
    expect(outcome).toMatchObject({
      kind: 'refused',
      code: '418',
      why: expect.stringMatching(/用户名和密码/),
    });
  });

  it.each([
    [200, '<html>Welcome</html>', 'refused', 'not_this_service'],
    [502, '<html>Bad Gateway</html>', 'retry', '502'],
    [301, '', 'refused', '301'],
    [401, 'no', 'refused', '401'],
  ] as const)('%i without the envelope is %s%s', async (status, body, kind, code) => {
    expect(await outcomeOf(answering(status, body))).toMatchObject({ kind, code });
  });

  it('that never comes whole tells nobody whether the message arrived', async () => {
    expect(await outcomeOf((res) => res.destroy())).toMatchObject({ kind: 'unknown', code: 'network' });
  });
});

it('reaches no private network', async () => {
  const { url, seen } = await openPeer(cleanups, OK);
  const outcome = await sendBy(channel, { server: url, key: KEY }, { io: openIo(cleanups, false) });
  expect(outcome).toMatchObject({ kind: 'refused', code: 'blocked' });
  expect(seen).toEqual([]);
});

it.each([
  [{ key: 'abc' }, []],
  [{ key: '' }, ['key']],
  [{ key: 'https://api.day.app/abc' }, ['key']],
  [{ key: 'abc', encryptionKey: 'short' }, ['encryptionKey']],
  [{ key: 'abc', encryptionKey: 'k'.repeat(24), encryptionAlgorithm: 'AES192' }, []],
  [{ key: 'abc', encryptionKey: 'k'.repeat(32), encryptionAlgorithm: 'AES192' }, ['encryptionKey']],
  [
    { key: 'abc', encryptionKey: 'k'.repeat(16), encryptionMode: 'GCM', encryptionIv: 'i'.repeat(16) },
    ['encryptionIv'],
  ],
  [{ key: 'abc', encryptionKey: 'k'.repeat(16), encryptionMode: 'ECB', encryptionIv: 'ignored' }, []],
])('the settings %j have these faults: %j', (settings, faults) => {
  expect(wrongFields(channel, settings)).toEqual(faults);
});

it('counts each device as an account of its own', () => {
  const [a, b] = ['a', 'b'].map((key) => channel.accountOf({ key }, { personId: 1, uid: '', address: '' }));
  expect(a).not.toBe(b);
});
