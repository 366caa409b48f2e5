/** What an image and a service run: the folder of `npm run runtime`, read-only, by somebody without rights, with a data folder alone. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ask } from './support/http.js';
import { createPhone } from './support/phone.js';

const root = fileURLToPath(new URL('../', import.meta.url));
const base = mkdtempSync(join(tmpdir(), 'qingniao-runtime-'));
const folder = join(base, 'app');
const data = join(base, 'data');
const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;
const user = isRoot ? { uid: NOBODY, gid: NOBODY } : {};
const ADMIN_TOKEN = 'runtime-test-admin-token-0123';

const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8');
/** The last stage's command as the Dockerfile has it. */
const command = JSON.parse(/^CMD (\[.*\])$/m.exec(dockerfile)?.[1] ?? '[]') as string[];

beforeAll(() => {
  execFileSync(process.execPath, ['prisma/make-runtime.js', folder], { cwd: root });
  chmodSync(base, 0o755);
  mkdirSync(data, { mode: 0o700 });
  if (isRoot) {
    chownSync(data, NOBODY, NOBODY);
  } else {
    execFileSync('chmod', ['-R', 'a-w', folder]);
  }
});
afterAll(() => {
  execFileSync('chmod', ['-R', 'u+w', base]);
  rmSync(base, { recursive: true });
});

const listFiles = (): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();

it('holds what runs and nothing that builds', () => {
  const files = listFiles();
  const bytes = files.reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
  expect(bytes).toBeLessThan(60e6);
  expect(
    files.filter((file) => /\.ts$|^src\/|esbuild|tsx|typescript|node_modules\/prisma\//.test(file)),
  ).toEqual(files.filter((file) => file.endsWith('.d.ts')));
  expect(files.filter((file) => /^data\/|\.env|secret\.key|\.db$/.test(file))).toEqual([]);
  expect(readFileSync(join(folder, 'licences.txt'), 'utf8')).toContain('koa ');
});

it('the final stage of the Dockerfile copies that folder alone', () => {
  const final = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '));
  expect(dockerfile).toMatch(/npm run --silent runtime -- \/runtime$/m);
  expect(final.match(/^(?:COPY|ADD) .*$/gm)).toEqual(['COPY --from=build --chown=root:root /runtime /app']);
});

it('runs as nobody, writes to its data folder alone, and delivers', { timeout: 120_000 }, async () => {
  const before = listFiles();
  const child = spawn(process.execPath, command.slice(1), {
    cwd: folder,
    env: {
      PATH: process.env.PATH ?? '',
      NODE_ENV: 'production',
      DATA_DIR: data,
      PORT: '0',
      SIMULATOR_SMTP_PORT: '0',
      ADMIN_TOKEN,
    },
    ...user,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  const url = await new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line);
        const address = /listening on (http:\/\/[^\s"]+)/.exec(line)?.[1];
        if (address) {
          resolve(address);
        }
      });
    }
    child.once('exit', (code) => reject(new Error(`ended with ${code}:\n${lines.join('\n')}`)));
  });
  try {
    expect((await ask(`${url}/healthz`)).text).toBe('ok');
    const sim = (path: string, body?: unknown, method?: string) =>
      ask(`${url}/simulator/api${path}`, {
        ...(method === undefined ? {} : { method }),
        ...(body === undefined ? {} : { body }),
      });
    const made = await ask(`${url}/api/v1/apps`, {
      body: { name: 'alarm' },
      headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
    });
    expect(made.status).toBe(201);
    const { appToken, qrcodeUrl } = made.json as { appToken: string; qrcodeUrl: string };
    const phone = createPhone({ sim }, 'Ming');
    await phone.scans(qrcodeUrl);
    const sent = await ask(`${url}/api/send/message`, {
      body: { appToken, content: '机房断电', uids: [await phone.uid()] },
    });
    expect(sent.json).toMatchObject({ code: 1000 });
    await expect
      .poll(async () => JSON.stringify(await phone.inbox()), { timeout: 20_000 })
      .toContain('机房断电');
    for (const page of ['/', '/README.md', '/docs/running.md', '/docs/qingniao.service']) {
      expect([page, (await ask(`${url}${page}`)).status]).toEqual([page, 200]);
    }
  } finally {
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  }
  expect(child.exitCode).toBe(0);
  expect(lines.filter((line) => !line.startsWith('{') || /"level":"(?:warn|error)"/.test(line))).toEqual([]);
  expect(listFiles()).toEqual(before);
});

it('looks its data through with the commands that go along', () => {
  const said = execFileSync(process.execPath, ['prisma/run.cjs', 'dist/check-data.js'], {
    cwd: folder,
    env: { DATA_DIR: data, ADMIN_TOKEN },
    encoding: 'utf8',
    ...user,
  });
  expect(said).toContain('is whole: 1 messages');
});
