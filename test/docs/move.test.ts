/** Keeps docs/move.md true: its snippets run against a real server, and every language's request is taken in. */
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask } from '#test/support/http.js';
import { countMessages, type Desk, fillIn, openDesk } from './desk.js';
import { PROGRAMS } from './programs.js';

const text = readFileSync(fileURLToPath(new URL('../../docs/move.md', import.meta.url)), 'utf8');
const run = promisify(execFile);
const has = (tool: string): boolean => spawnSync(tool, ['--version']).status === 0;

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.w.close());

/** The fenced blocks of a language. */
function blocks(language: string): string[] {
  return Array.from(
    text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm')),
    ([, code = '']) => code,
  );
}

/** The rows of the first table: a service, its old address, its new one, a body. */
const SERVICES = Array.from(
  text.matchAll(/^\| ([^|]+) \| `(https:[^`]+)` \| `(https:[^`]+)` \| `(\{[^`]+\})` \|$/gm),
  ([, name = '', was = '', is = '', body = '']) => ({ name: name.trim(), was, is, body }),
);

/** Whether this build speaks what the text is about. */
function isSpoken(about: string): boolean {
  return !/pushplus/i.test(about) || desk.w.doors.dialects.some(({ name }) => name === 'pushplus');
}

/** Does it, and expects that exactly one message was taken in. */
async function expectsMessage(send: () => Promise<unknown>, about: string): Promise<void> {
  const before = await countMessages(desk);
  const answer = await send();
  expect(await countMessages(desk), `${about}: ${JSON.stringify(answer)}`).toBe(before + 1);
}

it('names every service that is spoken here', () => {
  expect(SERVICES).toHaveLength(10);
});

it.each(SERVICES)('$name: nothing of the address changes but its host', async ({ was, is }) => {
  const [before, after] = [new URL(was), new URL(is)];
  expect(after.host).toBe('push.example.com');
  expect(after.pathname + after.search).toBe(before.pathname + before.search);
});

const commands = blocks('bash').flatMap((block) =>
  block.split('\n').filter((line) => line.startsWith('curl ')),
);
const scripts = blocks('sh');

describe.skipIf(!has('bash') || !has('curl'))('in the shell', () => {
  it('has commands to run', () => {
    expect([commands.length, scripts.length]).toEqual([10, 2]);
  });

  it.each([...commands, ...scripts])('%s', async (script) => {
    if (isSpoken(script) && (has('wget') || !script.includes('wget'))) {
      await expectsMessage(() => run('bash', ['--norc', '-ec', fillIn(script, desk)]), script);
    }
  });
});

/** Languages that run here, and how. */
const RUNNERS: Readonly<Record<string, (code: string) => Promise<unknown>>> = {
  js: (code) => run(process.execPath, ['--input-type=module', '-e', code]),
  ...(has('python3') ? { python: (code: string) => run('python3', ['-c', code]) } : {}),
  ...(has('javac') ? { java: runJava } : {}),
};
/** Starting these takes seconds: one service stands for all. */
const SLOW = ['java'];
const LANGUAGES = ['python', 'js', 'go', 'java', 'php', 'rust', 'swift', 'dart'];

const ADDRESS = /https:\/\/push\.example\.com[^'"]*/;
const BODY = /\{"title": [^\n]*\}(?=['"`])/;

describe.each(LANGUAGES)('in %s', (language) => {
  const [code = ''] = blocks(language);

  it('has an address and a body to change', () => {
    expect([ADDRESS.exec(code)?.[0], BODY.exec(code)?.[0]]).toEqual([SERVICES[0]?.is, SERVICES[0]?.body]);
  });

  it.each(SERVICES)('$name', async ({ is, body }) => {
    if (!isSpoken(is + body)) {
      return;
    }
    const changed = fillIn(
      code.replace(ADDRESS, () => is).replace(BODY, () => body),
      desk,
    );
    const isEnough = SLOW.includes(language) && is !== SERVICES[0]?.is;
    const runner = isEnough ? undefined : RUNNERS[language];
    await expectsMessage(() => {
      return runner ? runner(changed) : replay(fillIn(is, desk), fillIn(body, desk), changed);
    }, changed);
  });
});

/** Java runs a single source file, which must be one. */
async function runJava(code: string): Promise<unknown> {
  const folder = mkdtempSync(join(tmpdir(), 'qingniao-java-'));
  const file = join(folder, 'Push.java');
  try {
    writeFileSync(file, code);
    return await run('java', [file]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Sends what a program that cannot run here would send, as its code says. */
async function replay(url: string, body: string, code: string): Promise<string> {
  expect(code).toContain(url);
  expect(code).toContain(body);
  expect(code.toLowerCase()).toContain('application/json');
  return (await ask(url, { body, headers: { 'content-type': 'application/json' } })).text;
}

describe('programs that take a server address', () => {
  it.each(PROGRAMS)('$name', async ({ setting, value, send, succeeded }) => {
    expect(text).toContain(setting);
    expect(text).toContain(`\`${value}\``);
    await expectsMessage(async () => {
      const { path, ...rest } = send(fillIn(value, desk).replace(/^(?:[a-z]+\+)?/, ''), desk);
      const answer = await ask(path, rest);
      expect(answer.text).toMatch(succeeded);
      return answer.text;
    }, setting);
  });
});
