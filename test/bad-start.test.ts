/** What keeps a server from starting is said in one sentence with the way out; nothing that is lost is made anew in silence. */
import { spawn, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { Agent, createServer, get } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { killStarts } from './support/kill-starts.js';
import { BUILT, startServer } from './support/processes.js';

const root = fileURLToPath(new URL('../', import.meta.url));
const base = mkdtempSync(join(tmpdir(), 'qingniao-bad-start-'));
const folder = join(base, 'data');
/** A user without rights, by Linux's custom. */
const NOBODY = 65_534;
/** Root may write everywhere, so a server of root's is started as nobody: where that one can read Node and the project. */
const isRoot = process.getuid?.() === 0;
const SEES_PROJECT = ['-e', 'require("node:fs").accessSync("dist/main.js")'];
const canBeRefused =
  !isRoot ||
  spawnSync(process.execPath, SEES_PROJECT, { cwd: root, uid: NOBODY, stdio: 'ignore' }).status === 0;
const ENV = { PORT: '0', SIMULATOR_SMTP_PORT: '0', DATA_DIR: folder };

/** What a start came to: the sentence it ended with, or that it listened. */
async function start(env: Record<string, string> = {}, user: { uid?: number } = {}) {
  const child = spawn(process.execPath, [...BUILT, 'dist/main.js'], {
    cwd: root,
    env: { PATH: process.env.PATH ?? '', ...ENV, ...env },
    ...user,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  let log = '';
  let hasListened = false;
  child.stderr.on('data', (part: Buffer) => {
    said += part.toString();
  });
  child.stdout.on('data', (part: Buffer) => {
    log += part.toString();
    if (log.includes('listening on http') && !hasListened) {
      hasListened = true;
      child.kill('SIGTERM');
    }
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, said, log, hasListened };
}

/** That a start ended with one line that matches, and left no stack. */
async function expectSentence(started: ReturnType<typeof start>, ...words: RegExp[]): Promise<void> {
  const { code, said, hasListened } = await started;
  expect({ code, hasListened, lines: said.trim().split('\n').length, said }).toMatchObject({
    code: 1,
    hasListened: false,
    lines: 1,
  });
  for (const word of words) {
    expect(said).toMatch(word);
  }
}

const keyPath = join(folder, 'secret.key');
const databasePath = join(folder, 'qingniao.db');
const sumOf = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');

/** Each part of the file from this byte on, in this share of its pages, is random bytes. */
function scramble(path: string, fromByte: number): void {
  const file = openSync(path, 'r+');
  for (let at = fromByte; at < statSync(path).size; at += 8192) {
    writeSync(file, randomBytes(3000), 0, 3000, at);
  }
}

beforeAll(async () => {
  const server = await startServer(ENV);
  await server.end('SIGTERM');
  cpSync(folder, join(base, 'sound'), { recursive: true });
});
beforeEach(() => {
  rmSync(folder, { recursive: true, force: true });
  cpSync(join(base, 'sound'), folder, { recursive: true });
});
afterAll(() => rmSync(base, { recursive: true }));

describe('a secret key', () => {
  it('that is lost is asked for, and not made anew', async () => {
    rmSync(keyPath);
    await expectSentence(start(), /secret\.key 不见了/, /put the former secret\.key .* back/, /--accept-key/);
    expect(existsSync(keyPath)).toBe(false);
  });

  it('of another server is refused', async () => {
    writeFileSync(keyPath, `${randomBytes(32).toString('base64')}\n`);
    await expectSentence(start(), /written with another secret key/, /--accept-key/);
    await expectSentence(
      start({ SECRET_KEY: randomBytes(32).toString('base64') }),
      /written with another secret key/,
    );
  });

  it('that is no key is named', async () => {
    writeFileSync(keyPath, 'not a key\n');
    await expectSentence(start(), /does not hold a key of 32 bytes/);
  });
});

describe('a database', () => {
  it.each([
    ['missing', () => rmSync(databasePath)],
    ['empty', () => writeFileSync(databasePath, '')],
  ])('that is %s is not replaced by a new one', async (_, lose) => {
    for (const part of ['-wal', '-shm']) {
      rmSync(databasePath + part, { force: true });
    }
    lose();
    const before = readdirSync(folder).filter((name) => name !== 'qingniao.db.lock');
    await expectSentence(start(), /missing or empty/, /npm run restore/, /to begin anew/);
    expect(readdirSync(folder).filter((name) => name !== 'qingniao.db.lock')).toEqual(before);
  });

  it.each([
    ['its first page', 0],
    ['its tables', 4096],
  ])('that is damaged in %s is told from one that is locked or full', async (_, fromByte) => {
    scramble(databasePath, fromByte);
    const before = sumOf(databasePath);
    await expectSentence(start(), /damaged/, /npm run check-data/, /npm run restore/);
    expect(sumOf(databasePath)).toBe(before);
  });
});

describe('the files beside a database', () => {
  it('a garbled lock file is told from a damaged database', async () => {
    writeFileSync(`${databasePath}.lock`, randomBytes(40_000));
    await expectSentence(start(), /qingniao\.db\.lock 已损坏/, /holds nothing.*remove it/);
    rmSync(`${databasePath}.lock`);
    expect(await start()).toMatchObject({ hasListened: true, code: 0, said: '' });
  });

  it.each(['qingniao.db', 'qingniao.db-wal', 'qingniao.db.lock', 'secret.key'])(
    '%s that is a folder is named',
    async (name) => {
      rmSync(join(folder, name), { force: true });
      mkdirSync(join(folder, name));
      await expectSentence(start(), new RegExp(`${folder}/${name} `), /a file/);
    },
  );

  it.runIf(canBeRefused)(
    'a database that may be read and not written is named, with its owner as the way out',
    async () => {
      chmodSync(base, 0o755);
      chmodSync(folder, 0o777);
      for (const name of readdirSync(folder)) {
        chmodSync(join(folder, name), 0o666);
      }
      chmodSync(databasePath, 0o444);
      const started = start({}, isRoot ? { uid: NOBODY } : {});
      await expectSentence(started, /qingniao\.db 读不了或写不了/, /EACCES.*chown/);
    },
  );
});

describe('what else is wrong', () => {
  it('a data folder that is a file', async () => {
    rmSync(folder, { recursive: true });
    writeFileSync(folder, '');
    await expectSentence(start(), /is a file: set DATA_DIR to a folder/);
    rmSync(folder);
  });

  it('a port that somebody has', async () => {
    const other = createServer();
    await once(other.listen(0, '127.0.0.1'), 'listening');
    const { port } = other.address() as AddressInfo;
    await expectSentence(start({ PORT: String(port) }), /端口已被占用/, /set PORT to another/);
    other.close();
  });

  it('an address that this machine does not have', async () => {
    await expectSentence(start({ HOST: '192.0.2.7', SANDBOX_ANYWHERE: 'yes' }), /set HOST/);
  });
});

describe('settings that are unsafe', () => {
  it('stop a sandbox that others could reach, with one sentence', async () => {
    await expectSentence(start({ HOST: '0.0.0.0' }), /^HOST: .*只能监听本机/, /set SANDBOX_ANYWHERE=yes/);
  });
});

describe('settings that hardly anybody means', () => {
  it('are warned of and not refused', async () => {
    const odd = await start({ ROLE: 'api', HOST: '0.0.0.0', SANDBOX_ANYWHERE: 'yes' });
    expect(odd).toMatchObject({ hasListened: true, code: 0 });
    expect(odd.log).toContain('nothing sends them');
    expect(odd.log).toContain('the sandbox can be reached from other machines');
    const tunnelled = await start({ PUBLIC_URL: 'https://tunnel.example' });
    expect(tunnelled.log).toContain('the sandbox can be reached from other machines');
    const plain = await start();
    expect(plain).toMatchObject({ hasListened: true, code: 0 });
    expect(plain.log).not.toContain('"warn"');
  });
});

describe('a first start', () => {
  it('goes on after one that had made the key and nothing else', async () => {
    rmSync(folder, { recursive: true });
    const [first] = [await start()];
    expect(first).toMatchObject({ hasListened: true, code: 0, said: '' });
    for (const name of readdirSync(folder).filter((one) => one !== 'secret.key')) {
      rmSync(join(folder, name), { recursive: true });
    }
    const kept = readFileSync(keyPath, 'utf8');
    const second = await start();
    expect(second).toMatchObject({ hasListened: true, code: 0, said: '' });
    expect(readFileSync(keyPath, 'utf8')).toBe(kept);
    expect(second.log).toContain('a new database is made beside a secret.key that was there');
  });

  it('goes on after one that was killed while it wrote the key', async () => {
    rmSync(folder, { recursive: true });
    await start();
    for (const name of readdirSync(folder)) {
      rmSync(join(folder, name), { recursive: true });
    }
    writeFileSync(keyPath, '');
    expect(await start()).toMatchObject({ hasListened: true, code: 0, said: '' });
    expect(readFileSync(keyPath, 'utf8').trim()).toHaveLength(44);
  });
});

describe('file descriptors', () => {
  it('that run out are logged when they do and when it is over, and nothing else breaks', async () => {
    const server = await startServer(ENV, { openFiles: 90 });
    const { port } = new URL(server.url);
    // This connection is there before; over it one may ask meanwhile.
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ask = (path: string) => askBy(agent, server.url + path);
    expect((await ask('/readyz')).status).toBe(200);
    const sockets = Array.from({ length: 150 }, () =>
      connect(Number(port), '127.0.0.1').on('error', () => {}),
    );
    await server.says(/no file descriptors left.*LimitNOFILE/);
    expect(await ask('/readyz')).toMatchObject({ status: 503, text: expect.stringContaining('LimitNOFILE') });
    expect(await ask('/metrics')).not.toMatchObject({ status: 500 });
    for (const socket of sockets) {
      socket.destroy();
    }
    await server.says(/there are file descriptors again/);
    expect((await ask('/readyz')).status).toBe(200);
    agent.destroy();
    expect(await server.end('SIGTERM')).toBe(0);
  });
});

function askBy(agent: Agent, url: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.once('end', () => resolve({ status: response.statusCode ?? 0, text }));
    }).once('error', reject);
  });
}

describe('a first start that is killed', () => {
  it('at any moment of its first two seconds is followed by one that listens', async () => {
    const times = Array.from({ length: 6 }, (_, at) => 200 + at * 330);
    expect((await killStarts(times)).filter(({ problem }) => problem !== null)).toEqual([]);
  }, 240_000);
});
