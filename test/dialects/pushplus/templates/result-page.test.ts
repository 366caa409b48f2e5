/** A drawn message over HTTP: its summary on the card, its code as the way to its page; and the page of pictures. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TEMPLATES } from '#src/dialects/pushplus/templates/index.js';
import { openWorld, type World } from '#test/support/world.js';

let w: World;
let token: string;
beforeAll(async () => {
  w = await openWorld();
  await w.phone('小明').follows();
  const { personId } = await w.core.people.getByUid(await w.phone('小明').uid());
  ({ key: token } = await w.core.keys.createKey(personId, 'pushplus'));
});
afterAll(() => w.close());

const BUILD = { buildState: '构建失败', projectName: '<b>商城</b>', buildNumber: '#7', costTime: '83' };

it('a build of Jenkins reaches the card, and its code leads to its page', async () => {
  const { json } = await w.call(`/send/${token}?template=jenkins&title=CI`, { body: BUILD });
  expect(json).toMatchObject({ code: 200, data: expect.stringMatching(/^[\da-f]{32}$/) });
  await w.drain();
  const [card] = await w.phone('小明').cards();
  expect(JSON.stringify(card)).toContain('<b>商城</b> #7 构建失败');

  const { data: shortCode } = json as { data: string };
  const result = await w.call(`/shortMessage/${shortCode}`);
  expect(result.status).toBe(302);
  const location = result.headers.get('location') ?? '';
  expect(location).toMatch(new RegExp(`^${w.url}/m/`));
  const page = await w.call(location.slice(w.url.length));
  expect(page.status).toBe(200);
  expect(page.text).toMatch(/<h2[^>]*>构建失败<\/h2>/);
  expect(page.text).toContain('&lt;b&gt;商城&lt;/b&gt; #7');
  expect(page.text).not.toContain('<b>商城');
  expect(page.text).not.toContain('message rich paper');
});

it.each(['0'.repeat(32), 'f'.repeat(32), 'abc', '..%2f..%2fm', '%00'])(
  'no message has the code %s',
  async (code) => {
    expect((await w.call(`/shortMessage/${code}`)).status).toBe(404);
  },
);

it("a friend's code is no message's", async () => {
  expect((await w.call(`/shortMessage/${w.core.shortCodes.encode('friend', 1)}`)).status).toBe(404);
});

describe('the page of pictures', () => {
  const docs = new URL('../../../../docs/', import.meta.url);
  const text = readFileSync(new URL('templates.md', docs), 'utf8');

  it('shows every template', () => {
    expect(TEMPLATES.filter((name) => !text.includes(name))).toEqual([]);
  });

  it('shows pictures that there are, light and dark', () => {
    const paths = Array.from(text.matchAll(/(?:srcset|src)="([^"]+)"/g), ([, path = '']) => path);
    expect(paths.length).toBeGreaterThan(20);
    expect(paths.filter((path) => !existsSync(fileURLToPath(new URL(path, docs))))).toEqual([]);
  });
});
