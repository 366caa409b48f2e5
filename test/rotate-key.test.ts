/** `npm run rotate-key` as people run it: beside a server and alone, killed in the middle, and where something is missing. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'libsql';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createSecretBox } from '#src/lib/secret-box.js';
import { deriveKey } from '#src/lib/secret-key.js';
import { BUILT, startServer } from '#test/support/processes.js';

vi.setConfig({ testTimeout: 180_000 });

const root = fileURLToPath(new URL('../', import.meta.url));
/** Enough that a kill meets it in the middle. */
const VALUES = 12_000;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'qingniao-rotate-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const env = () => ({ PORT: '0', SIMULATOR_SMTP_PORT: '0', DATA_DIR: folder });
const readKey = (name: string): Buffer => Buffer.from(readFileSync(join(folder, name), 'utf8'), 'base64');
const boxOf = (key: Buffer) => createSecretBox(deriveKey(key, 'box'));

/** Runs the command; `killAt`: it is killed when it says so. */
async function rotate(more: Record<string, string> = {}, killAt: RegExp | null = null) {
  const child: ChildProcess = spawn(process.execPath, [...BUILT, 'dist/rotate-key.js'], {
    cwd: root,
    env: { PATH: process.env.PATH ?? '', ...env(), ...more },
  });
  let said = '';
  const hear = (part: Buffer): void => {
    said += part.toString();
    if (killAt?.test(said)) {
      child.kill('SIGKILL');
    }
  };
  child.stdout?.on('data', hear);
  child.stderr?.on('data', hear);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, said };
}

/** A server that once ran, with many sealed values. */
async function fill(): Promise<void> {
  const server = await startServer(env());
  await server.end('SIGTERM');
  const box = boxOf(readKey('secret.key'));
  const database = new Database(join(folder, 'qingniao.db'));
  database.exec(`INSERT INTO "Person" ("id", "uid", "createdAt") VALUES (16, 'UID_filled', 0)`);
  const insert = database.prepare('INSERT INTO "Preference" ("personId", "name", "value") VALUES (16, ?, ?)');
  database.exec('BEGIN');
  for (let at = 0; at < VALUES; at += 1) {
    insert.run(`p${at}`, box.seal(`"value ${at}"`));
  }
  database.exec('COMMIT');
  database.close();
}

/** How many of the values each key opens. */
function countOpened(keys: Record<string, Buffer>): Record<string, number> {
  const database = new Database(join(folder, 'qingniao.db'));
  const values = database.prepare('SELECT "value" FROM "Preference"').raw(true).all().flat().map(String);
  database.close();
  return Object.fromEntries(
    Object.entries(keys).map(([name, key]) => {
      const box = boxOf(key);
      return [name, values.filter((value) => tryOpen(() => box.open(value))).length];
    }),
  );
}

function tryOpen(open: () => string): boolean {
  try {
    open();
    return true;
  } catch {
    return false;
  }
}

it('works alone, and goes on where it was killed', async () => {
  await fill();
  const former = readKey('secret.key');
  const killed = await rotate({}, /Done|已重新加密 [1-9]/);
  expect(killed.code).toBeNull();
  const fresh = readKey('secret.key');
  expect([fresh.equals(former), readKey('secret.key.previous').equals(former)]).toEqual([false, true]);
  const half = countOpened({ former, fresh });
  expect((half.former ?? 0) + (half.fresh ?? 0)).toBe(VALUES);
  const { code, said } = await rotate();
  expect([code, said]).toEqual([0, expect.stringMatching(/Done: \d+ values/)]);
  expect(countOpened({ former, fresh })).toEqual({ former: 0, fresh: VALUES });
  // It makes no third key before the former is gone.
  expect((await rotate()).said).toMatch(/Done/);
  expect(readKey('secret.key').equals(fresh)).toBe(true);
  rmSync(join(folder, 'secret.key.previous'));
  const server = await startServer(env());
  await server.end('SIGTERM');
});

it('leaves it to the server that has the file, which goes on with it when it was killed', async () => {
  await fill();
  const former = readKey('secret.key');
  const server = await startServer(env());
  const made = await rotate();
  expect([made.code, made.said]).toEqual([0, expect.stringMatching(/Now restart the server/)]);
  const fresh = readKey('secret.key');
  await server.end('SIGTERM');
  const second = await startServer(env());
  await second.says(/another secret key seals from now on/);
  await new Promise((resolve) => setTimeout(resolve, 5500));
  await second.end('SIGKILL');
  const half = countOpened({ former, fresh });
  expect((half.former ?? 0) + (half.fresh ?? 0)).toBe(VALUES);
  const third = await startServer(env());
  const { code, said } = await rotate();
  expect([code, said]).toEqual([0, expect.stringMatching(/Done: \d+ values/)]);
  expect(countOpened({ former, fresh })).toEqual({ former: 0, fresh: VALUES });
  await third.end('SIGTERM');
});

it('says what is missing', async () => {
  expect(await rotate()).toEqual({ code: 1, said: expect.stringMatching(/start the server once/) });
  expect(existsSync(join(folder, 'secret.key'))).toBe(false);
  const given = await rotate({ SECRET_KEY: Buffer.alloc(32, 1).toString('base64') });
  expect(given).toEqual({
    code: 1,
    said: expect.stringMatching(/SECRET_KEY_PREVIOUS, restart, and run this again/),
  });
});
