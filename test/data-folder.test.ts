/** The data folder over its life: damage while the server works, copies before an upgrade, backups by the clock, and what looks it all through. */
import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import Database from 'libsql';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parseConfig } from '#src/config.js';
import { checkData } from '#src/data-check.js';
import { createLogger } from '#src/lib/logger.js';
import { openData } from '#src/open-data.js';
import { connectionOf } from '#src/store/db.js';
import { createTestClock } from '#test/support/clock.js';
import { startServer } from '#test/support/processes.js';
import { openWorld } from '#test/support/world.js';

vi.setConfig({ testTimeout: 120_000 });

const root = fileURLToPath(new URL('../', import.meta.url));
const clock = createTestClock();
const log = createLogger('error', () => {});
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'qingniao-folder-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const config = (more: Record<string, string> = {}) => parseConfig({ DATA_DIR: folder, ...more });
const open = (flags = {}) => openData(config(), { clock, log }, flags);
const databasePath = (): string => join(folder, 'qingniao.db');

function change(sql: string): void {
  const database = new Database(databasePath());
  database.exec(sql);
  database.close();
}

/** Makes it what a build before the last migration had left. */
function makeOlder(): void {
  change(`DELETE FROM _prisma_migrations WHERE migration_name = (SELECT max(migration_name) FROM _prisma_migrations);
    INSERT INTO "Setting" ("key", "value", "updatedAt") VALUES ('before', 'x', 0)`);
}

describe('the rights of files', () => {
  const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);
  const modes = () =>
    Object.fromEntries(
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .map((name) => [name, modeOf(join(folder, name))] as const)
        .concat([['.', modeOf(folder)]]),
    );
  const settings = () => ({
    PORT: '0',
    SIMULATOR_SMTP_PORT: '0',
    DATA_DIR: folder,
    ADMIN_TOKEN: 'the-admin-token-of-the-tests',
  });

  async function expectPrivate(): Promise<void> {
    const server = await startServer(settings());
    await fetch(`${server.url}/api/v1/backups`, {
      method: 'POST',
      headers: { authorization: `Bearer ${settings().ADMIN_TOKEN}` },
    });
    await vi.waitFor(
      () => expect(readdirSync(join(folder, 'backups')).some((name) => /\.db$/.test(name))).toBe(true),
      {
        timeout: 30_000,
      },
    );
    const found = modes();
    await server.end('SIGTERM');
    expect(Object.keys(found)).toEqual(
      expect.arrayContaining(['qingniao.db', 'qingniao.db-wal', 'secret.key', 'first-admin-code']),
    );
    expect(
      Object.entries(found).filter(
        ([name, mode]) => mode !== (name === '.' || name === 'backups' ? '700' : '600'),
      ),
    ).toEqual([]);
  }

  it('keep all but the owner out, also where an earlier build had let everybody in', async () => {
    const before = process.umask();
    expect(before & 0o044).toBe(0);
    await expectPrivate();
    chmodSync(folder, 0o755);
    for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      chmodSync(join(folder, name), name === 'backups' ? 0o755 : 0o644);
    }
    await expectPrivate();
  });

  it('are those of a restored copy too, whatever those of the backup were', async () => {
    const server = await startServer(settings());
    await server.end('SIGTERM');
    const copy = join(folder, 'copy.db');
    copyFileSync(databasePath(), copy);
    chmodSync(copy, 0o644);
    await promisify(execFile)(process.execPath, ['prisma/run.cjs', 'src/restore.ts', copy, '--yes'], {
      cwd: root,
      env: { PATH: process.env.PATH ?? '', DATA_DIR: folder },
    });
    expect(modeOf(join(folder, 'restore.db'))).toBe('600');
  });

  it('of what is not ours in the same folder stay as they are', async () => {
    const other = join(folder, 'notes.txt');
    writeFileSync(other, '');
    chmodSync(other, 0o644);
    await (await open()).store.close();
    expect(modeOf(other)).toBe('644');
  });
});

describe('damage that is met while the server works', () => {
  it('is answered with 503 by doors and readiness, and the reason says what to do', async () => {
    const w = await openWorld();
    const app = await w.app('损坏').made();
    await w.phone('Ming').follows();
    const { uid } = await w.db.person.findFirstOrThrow();
    const send = () =>
      w.call('/api/send/message', { body: { appToken: app.appToken, content: '内容', uids: [uid] } });
    expect(JSON.stringify((await w.call('/readyz')).json)).not.toContain('damaged');
    // All pages but the first, and the log of what was written since, which would hide it.
    await w.db.$queryRawUnsafe('PRAGMA wal_checkpoint(TRUNCATE)');
    await w.db.$queryRawUnsafe('PRAGMA cache_size = 0');
    const path = join(w.folder, 'qingniao.db');
    const file = openSync(path, 'r+');
    for (let at = 4096; at < statSync(path).size; at += 4096) {
      writeSync(file, randomBytes(4096), 0, 4096, at);
    }
    const answers = await Promise.all([send(), send()]);
    expect(answers.map(({ status, headers }) => [status, headers.get('retry-after') !== null])).toEqual([
      [503, true],
      [503, true],
    ]);
    const ready = await w.call('/readyz');
    expect(ready.status).toBe(503);
    expect(JSON.stringify(ready.json)).toMatch(/damaged.*npm run check-data.*npm run restore/);
    await w.close().catch(() => undefined);
  });
});

describe('a database file that another takes the place of while the server works', () => {
  it.each([
    ['deleted', (path: string) => rmSync(path)],
    [
      'replaced',
      (path: string) => {
        copyFileSync(path, `${path}.other`);
        renameSync(`${path}.other`, path);
      },
    ],
  ])('%s: doors and readiness answer 503, and one line of the log says what to do', async (_, lose) => {
    const w = await openWorld();
    const app = await w.app('换掉').made();
    const phone = w.phone('Ming');
    await phone.scans(app.qrcodeUrl);
    const uid = await phone.uid();
    const send = () =>
      w.call('/api/send/message', { body: { appToken: app.appToken, content: '内容', uids: [uid] } });
    expect((await send()).status).toBe(200);
    lose(join(w.folder, 'qingniao.db'));
    await vi.waitFor(
      async () => expect((await w.call('/readyz')).text).toMatch(/deleted or replaced.*stop the server/),
      { timeout: 10_000 },
    );
    expect((await w.call('/readyz')).status).toBe(503);
    const answer = await send();
    expect([answer.status, answer.headers.get('retry-after') !== null]).toEqual([503, true]);
    expect(w.lines.filter((line) => line.includes('the database file is gone'))).toHaveLength(1);
    await w.close().catch(() => undefined);
  });

  it('is not taken for one by a backup, nor by a restore that waits for the next start', async () => {
    const w = await openWorld();
    await w.core.backups.makeBackup();
    copyFileSync(join(w.folder, 'qingniao.db'), join(w.folder, 'restore.db'));
    const started = performance.now();
    await vi.waitFor(() => expect(performance.now() - started).toBeGreaterThan(1100), { timeout: 10_000 });
    await w.call('/readyz');
    expect(connectionOf(w.db)?.damage()).toBeNull();
    await w.close();
  });
});

describe('an upgrade', () => {
  it('copies the database first, whole, and keeps three such copies beside the others', async () => {
    await (await open()).store.close();
    expect(existsSync(join(folder, 'backups'))).toBe(false);
    for (let upgrade = 0; upgrade < 4; upgrade += 1) {
      change(`DELETE FROM "Setting" WHERE "key" = 'before'`);
      makeOlder();
      clock.advance(1000);
      await expect(open()).rejects.toThrow(/duplicate column|already exists|no such/);
      change(`UPDATE _prisma_migrations SET migration_name = migration_name`);
    }
    const names = readdirSync(join(folder, 'backups'));
    expect(names).toHaveLength(3);
    expect(names[0]).toMatch(/^qingniao-\d{8}-\d{6}-before-\d{4}\.db$/);
    const copy = new Database(join(folder, 'backups', names[0] ?? ''));
    expect(copy.prepare(`SELECT value FROM "Setting" WHERE key = 'before'`).raw(true).all()).toEqual([['x']]);
    copy.close();
  });
});

describe('backups by the clock', () => {
  it('are made when the newest is as old as the settings say, and as many are kept', async () => {
    const w = await openWorld({ env: { BACKUP_HOURS: '6', BACKUP_KEEP: '2' } });
    const count = () => readdirSync(join(w.folder, 'backups')).length;
    await w.core.backups.backupWhenDue();
    expect(count()).toBe(1);
    w.clock.advance(5 * 3_600_000);
    await w.core.backups.backupWhenDue();
    expect(count()).toBe(1);
    for (const expected of [2, 2, 2]) {
      w.clock.advance(6 * 3_600_000);
      await w.core.backups.backupWhenDue();
      expect(count()).toBe(expected);
    }
    await w.close();
  });

  it('are not made where nobody asked for them', async () => {
    const w = await openWorld();
    await w.core.backups.backupWhenDue();
    expect(existsSync(join(w.folder, 'backups'))).toBe(false);
    await w.close();
  });
});

describe('the look through all data', () => {
  const lights = async () => (await checkData(config(), clock)).map(({ light, en }) => `${light}: ${en}`);
  const run = (...flags: string[]) =>
    promisify(execFile)(process.execPath, ['prisma/run.cjs', 'src/check-data.ts', ...flags], {
      cwd: root,
      env: { PATH: process.env.PATH ?? '', DATA_DIR: folder },
    });

  it('tells what is whole, also while a server works', async () => {
    const { store } = await open();
    expect(await lights()).toEqual([
      expect.stringMatching(/^good: The database .* is whole: 0 messages/),
      'good: The database was written with this secret key',
      expect.stringMatching(/^warn: No whole backup/),
    ]);
    expect(existsSync(`${databasePath()}-wal`)).toBe(true);
    await store.close();
    const { stdout } = await run();
    expect(stdout).toMatch(/✓ 数据库 .*完好/);
  });

  it('ends quietly where nobody reads on', async () => {
    await (await open()).store.close();
    const child = spawn(process.execPath, ['prisma/run.cjs', 'src/check-data.ts'], {
      cwd: root,
      env: { PATH: process.env.PATH ?? '', DATA_DIR: folder },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.destroy();
    let said = '';
    child.stderr.on('data', (part: Buffer) => {
      said += part.toString();
    });
    await once(child, 'close');
    expect(said).toBe('');
  });

  it('tells each damage, and fails', async () => {
    await (await open()).store.close();
    change('PRAGMA wal_checkpoint(TRUNCATE)');
    const sound = join(folder, 'sound');
    copyFileSync(databasePath(), sound);
    writeFileSync(`${databasePath()}-wal`, randomBytes(100));
    expect((await lights())[1]).toMatch(/^bad: .*qingniao\.db-wal is damaged.*npm run restore/);
    writeFileSync(databasePath(), randomBytes(40_000));
    expect((await lights())[0]).toMatch(/^bad: The database .* is damaged .*npm run restore/);
    rmSync(databasePath());
    expect((await lights())[0]).toMatch(/^bad: .* is missing or empty/);
    copyFileSync(sound, databasePath());
    writeFileSync(join(folder, 'secret.key'), `${randomBytes(32).toString('base64')}\n`);
    expect((await lights())[1]).toMatch(/^bad: .*another secret key.*--accept-key/);
    await expect(run()).rejects.toMatchObject({ code: 1, stdout: expect.stringContaining('另一把密钥') });
    rmSync(join(folder, 'secret.key'));
    expect((await lights())[1]).toMatch(/^bad: There is no secret key/);
  });

  it('names a lock file that is garbled, beside a database that is whole', async () => {
    await (await open()).store.close();
    writeFileSync(`${databasePath()}.lock`, randomBytes(40_000));
    const found = await lights();
    expect(found[0]).toMatch(/^bad: .*qingniao\.db\.lock .*holds nothing.*remove it/);
    expect(found[1]).toMatch(/^good: The database .* is whole/);
  });

  it('names a backup that is damaged and counts it for none', async () => {
    await (await open()).store.close();
    const w = await openWorld();
    await w.core.backups.makeBackup();
    const [name = ''] = readdirSync(join(w.folder, 'backups'));
    const own = parseConfig({ DATA_DIR: w.folder });
    const whole = (await checkData(own, w.clock)).map(({ light }) => light);
    expect(whole).toEqual(['good', 'good', 'good']);
    writeFileSync(join(w.folder, 'backups', name), randomBytes(40_000));
    const broken = (await checkData(own, w.clock)).map(({ light }) => light);
    expect(broken).toEqual(['good', 'good', 'bad', 'warn']);
    await w.close();
  });

  it('lets a database go on whose key is lost, when it is told to', async () => {
    await (await open()).store.close();
    rmSync(join(folder, 'secret.key'));
    await expect(open()).rejects.toThrow(/--accept-key/);
    await run('--accept-key');
    const { store } = await open();
    await store.close();
  });
});
