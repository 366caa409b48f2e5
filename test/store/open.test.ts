/** The database: owned by one process, safe on the disk when it answers, and found again as it was left. */
import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore, StoreError } from '#src/store/open.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
let folder: string;
let url: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'qingniao-open-'));
  url = `file:${join(folder, 'deep', 'test.db')}`;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const setting = (key: string) => ({ key, value: 'kept', updatedAt: new Date(0) });

it('makes the folder and the tables at the first start, and finds nothing to do at the second', async () => {
  const first = await openStore(url);
  expect(first.applied).toContain('0001_init');
  await first.db.setting.create({ data: setting('a') });
  await first.close();
  const second = await openStore(url);
  expect(second.applied).toEqual([]);
  expect((await second.db.setting.findUnique({ where: { key: 'a' } }))?.value).toBe('kept');
  await second.close();
});

it('writes to the disk before it answers, in every mode of writing', async () => {
  const { db, close } = await openStore(url);
  const read = async (pragma: string) => {
    const [row] = await db.$queryRawUnsafe<Record<string, unknown>[]>(`PRAGMA ${pragma}`);
    return String(Object.values(row ?? {})[0]);
  };
  const pragmas = async () => [
    await read('journal_mode'),
    await read('synchronous'),
    await read('foreign_keys'),
  ];
  const safe = ['wal', '2', '1'];
  expect(await pragmas()).toEqual(safe);
  await db.$transaction([db.setting.create({ data: setting('batch') })]);
  expect(await pragmas()).toEqual(safe);
  await db.$transaction(async (tx) => {
    await tx.setting.create({ data: setting('interactive') });
  });
  expect(await pragmas()).toEqual(safe);
  const undone = db.$transaction([
    db.setting.create({ data: setting('undone') }),
    db.setting.create({ data: setting('batch') }),
  ]);
  await expect(undone).rejects.toThrow();
  expect(await pragmas()).toEqual(safe);
  expect(await db.setting.count()).toBe(2);
  await close();
});

it('keeps writes of the outside out of an open transaction', async () => {
  const { db, close } = await openStore(url);
  const outside: Promise<unknown>[] = [];
  const undone = db.$transaction(async (tx) => {
    await tx.setting.create({ data: setting('inside') });
    outside.push(db.setting.create({ data: setting('outside') }));
    throw new Error('roll back');
  });
  await expect(undone).rejects.toThrow('roll back');
  await Promise.all(outside);
  expect((await db.setting.findMany()).map(({ key }) => key)).toEqual(['outside']);
  await close();
});

describe('a file that another process holds', () => {
  it('is refused to a second opening, and free again after the first has closed', async () => {
    const first = await openStore(url);
    await expect(openStore(url)).rejects.toThrow(/in use by another process/);
    await first.db.setting.create({ data: setting('unharmed') });
    await first.close();
    await (await openStore(url)).close();
  });

  it('is refused to a real second process, which says why', async () => {
    const store = await openStore(url);
    const script = `import { openStore } from '#src/store/open.js';
      await openStore(process.env.STORE_URL ?? '').then(
        () => { console.log('opened'); process.exit(0); },
        (error) => { console.log(error.name, error.message); process.exit(3); });`;
    const run = promisify(execFile)(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '-e', script],
      {
        cwd: root,
        env: { PATH: process.env.PATH ?? '', STORE_URL: url },
      },
    );
    await expect(run).rejects.toMatchObject({
      code: 3,
      stdout: expect.stringMatching(/StoreError .*deep\/test\.db .* is in use by another process/),
    });
    await store.close();
  });
});

describe('a file that cannot be had', () => {
  it.runIf(process.getuid?.() !== 0)(
    'says that the folder is closed, not that somebody else is there',
    async () => {
      chmodSync(folder, 0o500);
      await expect(openStore(url)).rejects.toThrow(StoreError);
      await expect(openStore(url)).rejects.toThrow(/cannot be opened/);
    },
  );

  it('says so when the place is taken by a file or a folder', async () => {
    writeFileSync(join(folder, 'file'), '');
    await expect(openStore(`file:${join(folder, 'file', 'test.db')}`)).rejects.toThrow(/cannot be opened/);
    await expect(openStore(`file:${folder}`)).rejects.toThrow(StoreError);
  });

  it('says so when the file is no database', async () => {
    writeFileSync(join(folder, 'text.db'), 'this is a letter to my aunt, not a database'.repeat(100));
    await expect(openStore(`file:${join(folder, 'text.db')}`)).rejects.toThrow(StoreError);
  });

  it('names the database that does not answer, without its password', async () => {
    const refused = openStore('postgresql://me:secret@127.0.0.1:1/qingniao');
    await expect(refused).rejects.toThrow(/^postgresql:\/\/127\.0\.0\.1:1\/qingniao cannot be opened/);
  });
});
