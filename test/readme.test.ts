/** Keeps the README true: its settings, commands, words and pictures exist, and its curl walk runs as it is written. */
import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { SETTINGS } from '#src/config.js';
import { readSaying } from '#src/wechat/sayings.js';
import { type RunningProcess, startServer } from '#test/support/processes.js';

const root = fileURLToPath(new URL('../', import.meta.url));
const readme = readFileSync(`${root}README.md`, 'utf8');
const scripts: Record<string, string> = JSON.parse(readFileSync(`${root}package.json`, 'utf8')).scripts;

/** The part of the README under a heading that begins with these words. */
function section(words: string): string {
  const found = readme.split(/^##+ /m).find((part) => part.startsWith(words));
  expect(found, `a section ${words}`).toBeDefined();
  return found ?? '';
}

/** The text of all fenced blocks of a language, without their indentation. */
function blocks(language: string): string[] {
  const fences = readme.matchAll(new RegExp(`^( *)\`\`\`${language}\\n([\\s\\S]*?)^\\1\`\`\``, 'gm'));
  return Array.from(fences, ([, indent = '', text = '']) =>
    text.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  );
}

describe('the README', () => {
  it('lists every setting with its default, in the order of the code', () => {
    const rows = section('设置').matchAll(/^\| `([A-Z_]+)` +\| (?:`([^`]*)`)? *\|/gm);
    const listed = Array.from(rows, ([, name, value = '']) => [name, value]);
    expect(listed).toEqual(Object.entries(SETTINGS).map(([name, [value]]) => [name, value]));
  });

  it('names only commands that there are', () => {
    const named = Array.from(readme.matchAll(/npm (?:run )?(?!ci\b)([a-z-]+)/g), ([, name = '']) => name);
    expect(named.filter((name) => name !== 'wxpusher' && !Object.hasOwn(scripts, name))).toEqual([]);
    expect(readme).toContain('npm ci && npm start');
    expect(readme).toContain('npm ci && npm test');
  });

  it('teaches only words that the chat understands', () => {
    const words = section('聊天指令').matchAll(/^\| (.*?) \|/gm);
    const taught = Array.from(words).flatMap(([, cell = '']) =>
      Array.from(cell.matchAll(/`([^`]+)`/g), ([, word = '']) => word),
    );
    expect(taught.length).toBeGreaterThan(15);
    expect(taught.filter((word) => ['plain', 'unclear', 'empty'].includes(readSaying(word).kind))).toEqual(
      [],
    );
  });

  it('shows pictures and links pages that there are', () => {
    const paths = Array.from(readme.matchAll(/(?:\]\(|src=")((?!https?:)[^)"]+)/g), ([, path = '']) => path);
    expect(paths.length).toBeGreaterThan(6);
    expect(paths.filter((path) => !existsSync(`${root}${path}`))).toEqual([]);
  });
});

it('the example of a .env file names every setting, in the order of the code', () => {
  const example = readFileSync(`${root}.env.example`, 'utf8');
  const names = Array.from(example.matchAll(/^#?([A-Z_]+)=/gm), ([, name]) => name);
  expect(names).toEqual(Object.keys(SETTINGS));
});

const tools = ['bash', 'curl'].filter((tool) => spawnSync(tool, ['--version']).status !== 0);
const hasPython = spawnSync('python3', ['-c', 'str.removeprefix']).status === 0;

describe.skipIf(tools.length > 0)(
  `the curl walk${tools.length > 0 ? ` (skipped: no ${tools.join(', ')})` : ''}`,
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'qingniao-readme-'));
    const noted: Record<string, string> = {};
    let server: RunningProcess;

    beforeAll(async () => {
      const env = { PORT: '0', SIMULATOR_SMTP_PORT: '0', DATA_DIR: folder, ADMIN_TOKEN: 'change-me' };
      server = await startServer(env);
      Object.assign(noted, { BASE: server.url, ADMIN_TOKEN: env.ADMIN_TOKEN });
      noted.JSON = 'Content-Type: application/json';
    });
    afterAll(async () => {
      await server?.end('SIGTERM');
      rmSync(folder, { recursive: true, force: true });
    });

    /** Runs one command as it is written; fails on a status from 400 and on an envelope that is no success. */
    async function run(command: string): Promise<string> {
      const script = `curl() { command curl -sS -f "$@"; }\n${command}`;
      const env = { PATH: process.env.PATH, ...noted };
      const { stdout } = await promisify(execFile)('bash', ['--norc', '-c', script], { env });
      if (stdout.startsWith('{"code"')) {
        expect(JSON.parse(stdout), command).toMatchObject({ code: 1000 });
      }
      return stdout;
    }

    /** Runs a command and keeps what its `# →` line says; asks again while that is not there yet. */
    async function runAndNote(command: string): Promise<void> {
      const wanted = Array.from(command.matchAll(/^# → .*$/gm)).flatMap(([line]) =>
        Array.from(line.matchAll(/(\w+)=([\w.]+)/g), ([, name = '', path = '']) => ({ name, path })),
      );
      const attempt = async (): Promise<void> => {
        const answer = await run(command);
        for (const { name, path } of wanted) {
          noted[name] = readPath(JSON.parse(answer), path);
        }
      };
      // Only a question may be asked twice.
      await (command.includes(' -X ') ? attempt() : vi.waitFor(attempt, { timeout: 10_000, interval: 100 }));
    }

    function readPath(answer: unknown, path: string): string {
      const found = path
        .split('.')
        .reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], answer);
      expect(['string', 'number'], `${path} in ${JSON.stringify(answer)}`).toContain(typeof found);
      return String(found);
    }

    it('runs as it is written, each command with what the ones before it answered', {
      timeout: 120_000,
    }, async () => {
      const commands = blocks('sh').flatMap((block) =>
        block.split('\n\n').filter((command) => command.startsWith('curl ')),
      );
      expect(commands.length).toBeGreaterThan(30);
      for (const command of commands) {
        await runAndNote(command);
      }
      expect(noted.USER_UID).toMatch(/^UID_/);
    });

    it('leaves a callback whose signature the Node.js example accepts, and no changed one', async () => {
      const [snippet = ''] = blocks('js');
      const { isFromQingniao } = (await import(`data:text/javascript,${encodeURIComponent(snippet)}`)) as {
        isFromQingniao(secret: string, headers: Record<string, string>, body: string): boolean;
      };
      const { headers, body } = await readCallback();
      const secret = noted.SECRET ?? '';
      expect(isFromQingniao(secret, headers, body)).toBe(true);
      expect(isFromQingniao(secret, headers, `${body} `)).toBe(false);
      expect(isFromQingniao(secret, { ...headers, 'webhook-timestamp': '1' }, body)).toBe(false);
      expect(isFromQingniao(secret, {}, body)).toBe(false);
    });

    it.skipIf(!hasPython)('… and the Python example likewise', async () => {
      const callback = await readCallback();
      const asked = JSON.stringify([noted.SECRET, callback.headers, callback.body]);
      const check = `import json, sys
secret, headers, body = json.loads(sys.argv[1])
print(is_from_qingniao(secret, headers, body), is_from_qingniao(secret, headers, body + " "), is_from_qingniao(secret, {}, body))`;
      const [snippet = ''] = blocks('python');
      const { stdout } = await promisify(execFile)('python3', ['-c', `${snippet}\n${check}`, asked]);
      expect(stdout.trim()).toBe('True False False');
    });

    async function readCallback(): Promise<{ headers: Record<string, string>; body: string }> {
      const answer = await run('curl "$BASE/simulator/api/inboxes/webhook/dev"');
      return JSON.parse(answer).items[0].request;
    }
  },
);
