/** Keeps docs/not-served.md true: each row's proof is looked at, by a request or in the source. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Desk, fillIn, openDesk } from './desk.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const text = readFileSync(`${root}docs/not-served.md`, 'utf8');

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.w.close());

/** The rows of a chapter: what, why, proof. */
function rowsOf(chapter: string): { what: string; proof: string }[] {
  return chapter
    .split('\n')
    .filter((line) => line.startsWith('| ') && !/^\| (?:---|什么)/.test(line))
    .map((line) => line.slice(2, -2).split(' | '))
    .map((cells) => ({ what: cells[0] ?? '', proof: cells.at(-1) ?? '' }));
}

const chapters = text
  .split(/^## /m)
  .slice(1)
  .map((chapter) => ({ name: chapter.split('\n', 1)[0] ?? '', rows: rowsOf(chapter) }));

/** The words of a text between grave accents. */
function quoted(part: string): string[] {
  return Array.from(part.matchAll(/`([^`]+)`/g), ([, word = '']) => word);
}

function sourceOf(folder: string): string {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => readFileSync(join(root, folder, path), 'utf8'))
    .join('\n');
}

/** Makes the request of a proof; the answer is its status and its text. */
async function answerTo(request: string): Promise<string> {
  const [, method = '', path = '', body] = /^(\S+) (\S+)(?: (\{.*\}))?$/.exec(fillIn(request, desk)) ?? [];
  const answer = await desk.w.call(path, {
    method,
    ...(body === undefined ? {} : { body: JSON.parse(body) }),
  });
  return `${answer.status} ${answer.text}`;
}

/** A word, and no part of a longer one or of a longer number. */
function isIn(source: string, word: string): boolean {
  return new RegExp(`(?<![\\w.])${word.replace(/[.*+?^$()[\]{}|\\]/g, '\\$&')}(?!\\w)`).test(source);
}

describe.each(chapters)('$name', ({ name, rows }) => {
  it('has rows, each with its proof', () => {
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.filter(({ proof }) => !/→|源码里/.test(proof))).toEqual([]);
  });

  it.each(rows)('$what', async ({ proof }) => {
    const [first = '', ...words] = quoted(proof);
    if (proof.includes('源码里')) {
      const source = sourceOf(first);
      const isWanted = proof.includes('源码里有');
      expect(words.length, name).toBeGreaterThan(0);
      expect(words.filter((word) => isIn(source, word))).toEqual(isWanted ? words : []);
      return;
    }
    expect(await answerTo(first)).toContain(words[0] ?? 'no answer is named');
  });
});

it('has a chapter for every dialect', () => {
  const titles: Readonly<Record<string, string>> = {
    wxpusher: 'WxPusher',
    serverchan: 'Server酱',
    'wecom-notify': '企业微信通知',
    bark: 'Bark',
    pushdeer: 'PushDeer',
    ntfy: 'ntfy',
    gotify: 'Gotify',
    pushplus: 'PushPlus',
  };
  const missing = desk.w.doors.dialects
    .map((dialect) => titles[dialect.name] ?? dialect.name)
    .filter((title) => !chapters.some((chapter) => chapter.name.startsWith(title)));
  expect(missing).toEqual([]);
});
