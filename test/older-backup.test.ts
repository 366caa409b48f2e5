/** A backup that an older version made is restored by the command, brought up to date at the start, and everything in it works. */
import { execFile } from 'node:child_process';
import { copyFileSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, expect, it, vi } from 'vitest';
import { makeOlder } from '#torture/sqlite-file.js';
import { ask } from './support/http.js';
import { startServer } from './support/processes.js';

vi.setConfig({ testTimeout: 120_000 });

const root = fileURLToPath(new URL('../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'qingniao-older-backup-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** So many migrations back, as far as what a fresh server holds had its place then. */
const BACK = 8;
const token = 'an-administrators-token-of-this-test';
const envOf = (name: string): Record<string, string> => ({
  PORT: '0',
  SIMULATOR_SMTP_PORT: '0',
  ADMIN_TOKEN: token,
  DATA_DIR: join(folder, name),
});

interface App {
  id: number;
  name: string;
  appToken: string;
  qrcodeUrl: string;
}

it('a backup of an older version', async () => {
  const before = await startServer(envOf('before'));
  const admin = (at: { url: string }, path: string, body?: unknown) =>
    ask(`${at.url}/api/v1${path}`, {
      headers: { authorization: `Bearer ${token}` },
      ...(body ? { body } : {}),
    });
  const app = (await admin(before, '/apps', { name: 'kept' })).json as App;
  const made = (await admin(before, '/backups', {})).json as { name: string };
  await before.end('SIGTERM');

  const older = join(folder, 'older.db');
  copyFileSync(join(folder, 'before', 'backups', made.name), older);
  expect(makeOlder(older, BACK)).toBeGreaterThan(0);
  cpSync(join(folder, 'before', 'secret.key'), join(folder, 'after', 'secret.key'), { recursive: true });
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['prisma/run.cjs', 'src/restore.ts', older],
    { cwd: root, env: { PATH: process.env.PATH ?? '', ...envOf('after') } },
  );
  expect(stdout).toMatch(
    /检查通过 Checked: 0 messages, \d+ people, \d+ apps; .*written with this secret key/,
  );

  const after = await startServer(envOf('after'));
  const ready = await ask(`${after.url}/readyz`);
  expect(ready.json).toMatchObject({ ready: true });
  const apps = (await admin(after, '/apps')).json as { items: App[] };
  expect(apps.items.map(({ id, name }) => ({ id, name }))).toContainEqual({ id: app.id, name: 'kept' });
  const sent = await ask(`${after.url}/api/send/message`, {
    body: { appToken: app.appToken, uids: ['UID_000000000000000000000000'], content: 'x' },
  });
  // The token is known; nobody of that name is.
  expect(sent.json).toMatchObject({ data: [expect.objectContaining({ code: expect.any(Number) })] });
  expect(await after.end('SIGTERM')).toBe(0);
});
