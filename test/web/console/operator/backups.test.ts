/** Backups and restoring, end to end: under load, by page and by machine, with files that nobody should restore. */
import { execFile } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import Database from 'libsql';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { inBoth, inLanguage } from '#src/lib/in-language.js';
import { measureLack } from '#src/store/backups.js';
import type { Browser } from '#test/support/sign-in.js';
import { openWorld, type World } from '#test/support/world.js';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

interface Made {
  name: string;
  sizeBytes: number;
}

let w: World;
let boss: Browser;
let appToken: string;
let uid: string;

beforeAll(async () => {
  w = await openWorld();
  boss = await w.signIn('Boss', { role: 'operator' });
  const app = await w.app('备份').made();
  appToken = app.appToken;
  await w.phone('Boss').follows();
  const person = await w.db.person.findFirstOrThrow();
  uid = person.uid;
  const place = { appId: app.id, topicId: 0, source: 'link', extra: '' } as const;
  await w.core.subscriptions.subscribe({ personId: Number(person.id), uid, ...place });
});
afterAll(() => w.close());

/** Sends, and returns the message's text once it was accepted. */
async function send(content: string): Promise<string> {
  const answer = await w.call('/api/send/message', { body: { appToken, content, uids: [uid] } });
  expect((answer.json as { code: number }).code).toBe(1000);
  return content;
}

async function listTexts(): Promise<Set<string>> {
  const rows = await w.db.message.findMany({ select: { body: true } });
  return new Set(rows.map(({ body }) => body));
}

async function makeBackup(): Promise<Made> {
  const answer = await w.admin('/backups', {});
  expect(answer.status).toBe(201);
  return answer.json as Made;
}

const download = (name: string): Promise<ArrayBuffer> =>
  fetch(`${w.url}/api/v1/backups/${name}`, { headers: { authorization: `Bearer ${w.adminToken}` } }).then(
    (answer) => answer.arrayBuffer(),
  );

/** Uploads a file as the page's script does. */
async function upload(body: Uint8Array, headers: Record<string, string> = {}) {
  const cookie = [...boss.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const answer = await fetch(`${w.url}/console/backups/restore/upload`, {
    method: 'POST',
    redirect: 'manual',
    headers: {
      cookie,
      accept: 'application/json',
      origin: w.url,
      'x-csrf-token': await boss.csrf(),
      ...headers,
    },
    body: new Blob([Uint8Array.from(body)]),
  });
  return { status: answer.status, text: await answer.text() };
}

describe('a backup', () => {
  it('is made under load, holds what was accepted before it began, and is restored at the next start', async () => {
    const before = await Promise.all(Array.from({ length: 40 }, (_, at) => send(`之前 ${at} 🦅`)));
    let isMaking = true;
    const during: string[] = [];
    const load = (async () => {
      for (let at = 0; isMaking; at += 1) {
        during.push(await send(`其间 ${at}`));
      }
    })();
    const made = await makeBackup();
    isMaking = false;
    await load;
    expect(during.length).toBeGreaterThan(0);
    await send('之后');
    await w.drain();

    const chosen = await boss.submit(`/console/backups/${made.name}/restore`);
    expect(chosen.text).toContain('检查通过，重启后恢复');
    expect(chosen.text).toContain('与这台服务器的密钥一致');
    expect(await listTexts()).toContain('之后');
    await w.restart();

    const restored = await listTexts();
    expect(before.filter((text) => !restored.has(text))).toEqual([]);
    expect(restored).not.toContain('之后');
    const kept = readdirSync(w.folder).filter((name) => /^qingniao\.db\.before-\d{14}$/.test(name));
    expect(kept).toHaveLength(1);
    const former = new Database(join(w.folder, kept[0] ?? ''));
    expect(former.prepare(`SELECT count(*) FROM Message WHERE body = '之后'`).raw(true).get()).toEqual([1]);
    former.close();
    expect(existsSync(join(w.folder, 'restore.db'))).toBe(false);
    expect(w.lines.some((line) => line.includes('a backup took the place of the database'))).toBe(true);
    // What was accepted and not yet sent in that moment goes out now, and the server goes on.
    await w.drain();
    await send('继续');
    expect((await boss.get('/console')).status).toBe(200);
  });

  it('is listed, downloaded as it is, and removed', async () => {
    const made = await makeBackup();
    const list = (await w.admin('/backups')).json as { total: number; items: Made[] };
    expect(list.items[0]).toMatchObject({ name: made.name, sizeBytes: made.sizeBytes });
    const file = Buffer.from(await download(made.name));
    expect(file.equals(readFileSync(join(w.folder, 'backups', made.name)))).toBe(true);
    const page = await boss.get(`/console/backups/${made.name}`);
    expect(page.headers.get('content-disposition')).toBe(`attachment; filename="${made.name}"`);
    expect(page.headers.get('content-length')).toBe(String(made.sizeBytes));
    expect((await boss.get('/console/backups')).text).toContain('secret.key');
    await boss.submit(`/console/backups/${made.name}/remove`);
    expect((await w.admin(`/backups/${made.name}`)).status).toBe(404);
  });

  it('is begun by the page, which follows it', async () => {
    expect((await boss.submit('/console/backups')).text).toContain('已开始备份');
    const progress = await boss.get('/console/backups/progress');
    expect(progress.status).toBe(200);
    // Whoever asks meanwhile gets the same one.
    const [a, b] = await Promise.all([w.core.backups.makeBackup(), w.core.backups.makeBackup()]);
    expect(a.name).toBe(b.name);
    expect((await boss.get('/console/backups/progress')).json).toEqual({ name: null });
  });

  it('keeps the newest ten', async () => {
    for (let at = 0; at < 12; at += 1) {
      w.clock.advance(1000);
      await makeBackup();
    }
    expect(await w.core.backups.listBackups()).toHaveLength(10);
  });

  it.each(['..%2fqingniao.db', 'qingniao.db', '..%2f..%2fsecret.key', 'qingniao-20260101-000000.db'])(
    'is nothing else: %s is not found',
    async (name) => {
      expect((await w.admin(`/backups/${name}`)).status).toBe(404);
      expect((await boss.get(`/console/backups/${name}`)).status).not.toBe(200);
      expect((await boss.post(`/console/backups/${name}/restore`)).status).toBe(404);
    },
  );

  it('is for operators only', async () => {
    const ming = await w.signIn('Ming', { role: 'developer' });
    const { personId } = await w.core.people.getByUid(
      (await w.db.person.findFirstOrThrow({ orderBy: { id: 'desc' } })).uid,
    );
    const { key } = await w.core.keys.createKey(personId, 'personal', {});
    const headers = { authorization: `Bearer ${key}` };
    expect((await w.call('/api/v1/backups', { headers })).status).toBe(403);
    expect((await w.call('/api/v1/backups', { headers, method: 'POST' })).status).toBe(403);
    expect((await ming.get('/console/backups')).status).toBe(403);
  });
});

describe('a file to restore', () => {
  it('is uploaded, shown with what it holds, and given up again', async () => {
    const made = await makeBackup();
    const file = new Uint8Array(await download(made.name));
    expect(await upload(file)).toEqual({ status: 200, text: '{"ok":true}' });
    expect((await boss.get('/console/backups')).text).toContain('等待恢复');
    expect((await boss.submit('/console/backups/restore/cancel')).text).toContain('数据库保持不变');
    expect(existsSync(join(w.folder, 'restore.db'))).toBe(false);
  });

  it('is refused in words when it is damaged, foreign, newer, or no database', async () => {
    const made = await makeBackup();
    const good = Buffer.from(await download(made.name));
    const damaged = Buffer.from(good);
    damaged.fill(0xff, 8192, 60_000);
    const change = (sql: string): Buffer => {
      const path = join(w.folder, 'changed.db');
      writeFileSync(path, good);
      const database = new Database(path);
      database.exec(sql);
      database.close();
      return readFileSync(path);
    };
    const cases: [Buffer, RegExp][] = [
      [
        Buffer.from('not a database at all, but long enough to be read as one'),
        /不是 SQLite 数据库|不是青鸟/,
      ],
      [good.subarray(0, 40_000), /已损坏|不是 SQLite/],
      [damaged, /已损坏|不是 SQLite/],
      [change('DROP TABLE "Message"'), /不是青鸟的数据库/],
      [change(`CREATE TRIGGER t AFTER INSERT ON "Message" BEGIN DELETE FROM "App"; END`), /不是青鸟的数据库/],
      [
        change(`INSERT INTO _prisma_migrations (id, checksum, finished_at, migration_name, started_at, applied_steps_count)
                VALUES ('x', 'x', 1, '9999_future', 1, 1)`),
        /更新的版本/,
      ],
    ];
    for (const [file, words] of cases) {
      const answer = await upload(file);
      expect(answer.status).toBe(400);
      expect(answer.text).toMatch(words);
      expect(existsSync(join(w.folder, 'restore.db'))).toBe(false);
    }
    expect(readdirSync(w.folder).filter((name) => name.includes('partial'))).toEqual([]);
    expect((await upload(good, { 'x-csrf-token': 'wrong' })).status).toBe(403);
    expect((await upload(Buffer.alloc(0))).status).toBe(400);
  });

  it('that is empty, or older than a week, is asked about before the restart', async () => {
    const made = await makeBackup();
    const path = join(w.folder, 'doubtful.db');
    const change = (sql: string): Buffer => {
      writeFileSync(path, Buffer.from(kept));
      const database = new Database(path);
      database.exec(sql);
      database.close();
      return readFileSync(path);
    };
    const kept = await download(made.name);
    await upload(change('UPDATE "Message" SET "createdAt" = "createdAt" - 9 * 86400000'));
    expect((await boss.get('/console/backups')).text).toMatch(/最新的消息是 \d+ 天之前的/);
    await upload(change('DELETE FROM "Message"; DELETE FROM "Person"; DELETE FROM "App"'));
    expect((await boss.get('/console/backups')).text).toContain('这个文件里什么都没有');
    await upload(Buffer.from(kept));
    expect((await boss.get('/console/backups')).text).not.toMatch(/真的要/);
    await boss.submit('/console/backups/restore/cancel');
  });

  it('of another server says that its secret key is needed', async () => {
    const other = await openWorld();
    const made = (await other.admin('/backups', {})).json as Made;
    const file = readFileSync(join(other.folder, 'backups', made.name));
    await other.close();
    expect((await upload(file)).status).toBe(200);
    expect((await boss.get('/console/backups')).text).toContain('另一把密钥');
    await boss.submit('/console/backups/restore/cancel');
  });

  it('says what a full disk lacks, with what is kept free, in each language whole', async () => {
    const room = await measureLack(w.folder, 1e15);
    expect(room?.zh).toMatch(/^磁盘只剩 \d+ MB，需要 \d+ MB（其中 68 MB 是给服务器留的余地）$/);
    expect(room?.en).toMatch(/^the disk has \d+ MB left and \d+ MB are needed, of which 68 MB stay free/);
    const both = inBoth(room?.zh ?? '', room?.en ?? '');
    expect([inLanguage(both, 'zh'), inLanguage(both, 'en')]).toEqual([room?.zh, room?.en]);
  });
});

describe('the command', () => {
  const folder = mkdtempSync(join(tmpdir(), 'qingniao-restore-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const run = (path: string, ...flags: string[]) =>
    promisify(execFile)(process.execPath, ['prisma/run.cjs', 'src/restore.ts', path, ...flags], {
      cwd: fileURLToPath(new URL('../../../../', import.meta.url)),
      env: { PATH: process.env.PATH ?? '', DATA_DIR: folder },
    });

  it('puts a file in place, and asks first where it is of another key', async () => {
    const made = await makeBackup();
    const file = join(w.folder, 'backups', made.name);
    await expect(run(file)).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/另一把密钥.*加上 --yes 参数\n.*another secret key.*add --yes/),
    });
    expect(readdirSync(folder)).toEqual([]);
    const { stdout } = await run(file, '--yes');
    expect(stdout).toContain('检查通过');
    expect(stdout).toContain('另一把密钥');
    expect(readdirSync(folder)).toEqual(['restore.db']);
    await expect(run(join(w.folder, 'secret.key'))).rejects.toMatchObject({ code: 1 });
  });

  it('says in a sentence what is no file, and prints its usage', async () => {
    const pipe = join(folder, 'pipe');
    await promisify(execFile)('mkfifo', [pipe]);
    for (const [path, words] of [
      [join(folder, 'nope.db'), /^没有 .*nope\.db 这个文件 There is no such file\n$/],
      [folder, /is no file: name a backup\n$/],
      [pipe, /pipe 不是文件.*is no file: name a backup\n$/],
    ] as const) {
      await expect(run(path)).rejects.toMatchObject({ code: 1, stderr: expect.stringMatching(words) });
    }
    rmSync(pipe);
    expect((await run('--help')).stdout).toContain('npm run restore -- FILE [--yes]');
  });

  it('takes along what a killed server left in the log beside its file', async () => {
    const made = await makeBackup();
    const killed = join(folder, 'killed.db');
    copyFileSync(join(w.folder, 'backups', made.name), killed);
    const database = new Database(killed);
    database.exec(`PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0;
      INSERT INTO "Setting" ("key", "value", "updatedAt") VALUES ('only-in-the-log', '1', 0)`);
    const copy = join(folder, 'copy.db');
    copyFileSync(killed, copy);
    copyFileSync(`${killed}-wal`, `${copy}-wal`);
    database.close();
    await run(copy, '--yes');
    const restored = new Database(join(folder, 'restore.db'));
    expect(
      restored.prepare(`SELECT value FROM "Setting" WHERE key = 'only-in-the-log'`).raw(true).all(),
    ).toEqual([['1']]);
    restored.close();
    expect(readdirSync(folder).filter((name) => name.includes('partial'))).toEqual([]);
  });

  it('asks before it takes a file whose log is damaged, and says how much of it is whole', async () => {
    const made = await makeBackup();
    const killed = join(folder, 'torn.db');
    copyFileSync(join(w.folder, 'backups', made.name), killed);
    const database = new Database(killed);
    database.exec('PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0');
    for (const name of ['one', 'two', 'three']) {
      database.exec(`INSERT INTO "Setting" ("key", "value", "updatedAt") VALUES ('${name}', '1', 0)`);
    }
    copyFileSync(killed, join(folder, 'torn-copy.db'));
    const log = readFileSync(`${killed}-wal`);
    database.close();
    const copy = join(folder, 'torn-copy.db');
    const put = (at: number): void => {
      const bytes = Buffer.from(log);
      bytes.writeUInt32BE(0xdeadbeef, at);
      writeFileSync(`${copy}-wal`, bytes);
    };
    writeFileSync(`${copy}-wal`, log);
    await run(copy, '--yes');
    const refused = (words: RegExp) => ({ code: 1, stderr: expect.stringMatching(words) });
    put(8);
    await expect(run(copy)).rejects.toMatchObject(refused(/-wal 日志已损坏.*all that was written last/s));
    put(32 + 24 + 100);
    await expect(run(copy)).rejects.toMatchObject(refused(/0 页之后已损坏.*after 0 pages/s));
    await run(copy, '--yes');
    const restored = new Database(join(folder, 'restore.db'));
    const kept = `SELECT key FROM "Setting" WHERE key IN ('one', 'two', 'three')`;
    expect(restored.prepare(kept).raw(true).all()).toEqual([]);
    restored.close();
  });

  it('asks before it takes an empty file, or one in which nothing happened for a week', async () => {
    const made = await makeBackup();
    const other = join(folder, 'other.db');
    const change = (sql: string): void => {
      copyFileSync(join(w.folder, 'backups', made.name), other);
      const database = new Database(other);
      database.exec(`DELETE FROM "Setting"; ${sql}`);
      database.close();
    };
    change('UPDATE "Message" SET "createdAt" = "createdAt" - 9 * 86400000');
    await expect(run(other)).rejects.toMatchObject({
      stderr: expect.stringMatching(/newest message is \d+ days/),
    });
    change('DELETE FROM "Message"; DELETE FROM "Person"; DELETE FROM "App"');
    await expect(run(other)).rejects.toMatchObject({
      stderr: expect.stringContaining('there is nothing in it'),
    });
    expect((await run(other, '--yes')).stdout).toContain('0 messages');
  });

  it('refuses the file that a server works with', async () => {
    await expect(run(join(w.folder, 'qingniao.db'), '--yes')).rejects.toMatchObject({
      stderr: expect.stringContaining('is in use by a server: make a backup'),
    });
  });
});
