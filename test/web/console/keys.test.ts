/** The pages about keys, by HTTP and as people see them. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { KEY_KIND_ROWS, titleOf } from '#src/web/key-kinds.js';
import { hasBrowser, type Looker, openLooker } from '#test/support/look.js';
import { openWorld, type World } from '#test/support/world.js';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const run = promisify(execFile);

let w: World;

beforeAll(async () => {
  w = await openWorld();
});
afterAll(() => w.close());

/** Personal tokens have a page of their own: tokens.test.ts. */
const KINDS = KEY_KIND_ROWS.filter(({ kind }) => kind !== 'personal');
const SHOWN = /<p class="secret"><code>([^<]+)<\/code>/;

describe('keys', () => {
  it('are made, shown with programs, replaced and revoked; looking makes none', async () => {
    const ming = await w.signIn('Ming', { role: 'developer' });
    const { personId } = await w.core.people.getByUid(await w.phone('Ming').uid());
    for (const { kind } of KINDS) {
      expect((await ming.get(`/console/keys/${kind}`)).text).toContain('还没有这种密钥');
    }
    expect(await w.core.keys.listKeys(personId)).toEqual([]);
    for (const row of KINDS) {
      const { kind } = row;
      const made = await ming.submit(`/console/keys/${kind}/make`);
      const key = SHOWN.exec(made.text)?.[1] ?? '';
      // Gotify's are the shortest, since some senders take no others: 83 bits.
      expect(key.length).toBeGreaterThanOrEqual(15);
      expect(made.text).toContain(titleOf(row, 'zh'));
      for (const program of ['curl', 'Python', 'Node']) {
        expect(made.text).toContain(`<h3>${program}</h3>`);
      }
      const list = await ming.get('/console/keys');
      expect(list.text).not.toContain(key);
      const replaced = await ming.submit(`/console/keys/${kind}/replace`);
      const next = SHOWN.exec(replaced.text)?.[1] ?? '';
      expect(next).not.toBe(key);
      expect(await w.core.keys.findOwner(kind, key)).toBeNull();
      expect((await w.core.keys.findOwner(kind, next))?.personId).toBe(personId);
      const revoke = /action="([^"]+\/\d+\/revoke)"/.exec(replaced.text)?.[1] ?? '';
      expect((await ming.submit(revoke)).text).toContain('密钥已停用');
      expect(await w.core.keys.findOwner(kind, next)).toBeNull();
    }
    expect(await w.core.keys.listKeys(personId)).toEqual([]);
    const actions = await w.db.auditEntry.groupBy({
      by: ['action'],
      where: { action: { startsWith: 'key.' } },
    });
    expect(actions.map(({ action }) => action).sort()).toEqual(['key.create', 'key.replace', 'key.revoke']);
  });

  it('are nobody else’s, and need our token', async () => {
    const owner = await w.signIn('Owner', { role: 'developer' });
    const made = await owner.submit('/console/keys/bark/make');
    const revoke = /action="([^"]+\/\d+\/revoke)"/.exec(made.text)?.[1] ?? '';
    const other = await w.signIn('Other', { role: 'operator' });
    expect((await other.post(revoke)).status).toBe(404);
    expect((await owner.post(revoke, { csrf: 'forged' })).status).toBe(403);
    expect((await owner.post('/console/keys/bark/replace', { csrf: '' })).status).toBe(403);
    for (const strange of ['access', 'nothing', '__proto__', 'constructor']) {
      expect((await owner.get(`/console/keys/${strange}`)).status).toBe(404);
      expect((await owner.post(`/console/keys/${strange}/make`)).status).toBe(404);
    }
    expect((await owner.get('/console/keys/bark')).text).toMatch(SHOWN);
  });

  it('lists further keys of a kind, each with its own end', async () => {
    const many = await w.signIn('Many', { role: 'developer' });
    const { personId } = await w.core.people.getByUid(await w.phone('Many').uid());
    const older = await w.core.keys.createKey(personId, 'ntfy');
    const newer = await w.core.keys.createKey(personId, 'ntfy');
    const page = await many.get('/console/keys/ntfy');
    expect(SHOWN.exec(page.text)?.[1]).toBe(newer.key);
    expect(page.text).toContain('其他密钥');
    await many.submit(`/console/keys/ntfy/${older.id}/revoke`);
    expect(await w.core.keys.findOwner('ntfy', older.key)).toBeNull();
    expect(await w.core.keys.findOwner('ntfy', newer.key)).not.toBeNull();
  });
});

describe('PushPlus', () => {
  it('has message tokens with a name and an end', async () => {
    const ling = await w.signIn('Ling', { role: 'developer' });
    const page = '/console/keys/pushplus';
    const made = await ling.submit(`${page}/tokens`, { name: '青龙 🐉 <b>', until: '2099-01-31' });
    expect(made.text).toContain('青龙 🐉 &lt;b&gt;');
    expect(made.text).toContain('2099-01-31 23:59');
    const token = /data-clipboard-text="([0-9a-f]{32})"/.exec(made.text)?.[1] ?? '';
    const sent = await w.call(`/send?token=${token}&content=hi`);
    expect(sent.json).toMatchObject({ code: 200 });
    const path = new RegExp(`${page}/tokens/\\d+`).exec(made.text)?.[0] ?? '';
    expect((await ling.get(path)).text).toContain('value="2099-01-31"');
    expect((await ling.submit(path, { name: '新名字', until: '' })).text).toContain('长期有效');
    expect(made.text).toMatch(/name="name"[^>]* value=""/);
    const other = await w.signIn('Other', { role: 'operator' });
    expect((await other.get(path)).status).toBe(404);
    expect((await other.post(path, { name: 'x' })).status).toBe(404);
    expect((await other.post(`${path}/revoke`)).status).toBe(404);
    expect((await ling.submit(`${path}/revoke`)).text).toContain('还没有消息 token');
    expect((await w.call(`/send?token=${token}&content=hi`)).json).not.toMatchObject({ code: 200 });
  });

  it.each([
    ['no name', { name: ' ' }],
    ['a long name', { name: '长'.repeat(65) }],
    ['a day of the past', { name: 'x', until: '2020-01-01' }],
    ['a day that is none', { name: 'x', until: '2099-02-30' }],
    ['words for a day', { name: 'x', until: 'tomorrow' }],
  ])('refuses %s beside the field', async (_, fields) => {
    const ling = await w.signIn('Ling', { role: 'developer' });
    const answer = await ling.post('/console/keys/pushplus/tokens', fields);
    expect(answer.status).toBe(422);
    expect(answer.text).toMatch(/class="problem" id="f-(name|until)-error"/);
  });

  it('shows the secret of the open API when asked, replaces it, and holds it to addresses', async () => {
    const lan = await w.signIn('Lan', { role: 'developer' });
    const { personId } = await w.core.people.getByUid(await w.phone('Lan').uid());
    const page = '/console/keys/pushplus';
    const { secret } = await w.core.openAccess.getRules(personId);
    expect((await lan.get(page)).text).not.toContain(secret);
    expect((await lan.get(`${page}?secret=show`)).text).toContain(secret);
    await lan.submit(`${page}/secret/replace`);
    expect((await w.core.openAccess.getRules(personId)).secret).not.toBe(secret);
    const wrong = await lan.post(`${page}/secret/ips`, { allowedIps: '10.0.0.0/8\n300.1.1.1' });
    expect(wrong.status).toBe(422);
    expect(wrong.text).toContain('300.1.1.1</textarea>');
    await lan.submit(`${page}/secret/ips`, { allowedIps: '10.0.0.0/8，2001:db8::1' });
    expect((await w.core.openAccess.getRules(personId)).allowedIps).toEqual(['10.0.0.0/8', '2001:db8::1']);
  });
});

describe.skipIf(!hasBrowser)('as people see it', () => {
  let looker: Looker;

  beforeAll(async () => {
    looker = await openLooker(w.url);
  });
  afterAll(() => looker?.close());

  it('the list, a key, PushPlus with tokens, and the form of a token', async () => {
    const hong = await w.signIn('红', { role: 'developer' });
    for (const kind of ['sendkey', 'pushplus', 'bark']) {
      await hong.submit(`/console/keys/${kind}/make`);
    }
    await hong.submit('/console/keys/pushplus/tokens', { name: '青龙面板', until: '2099-12-31' });
    const made = await hong.submit('/console/keys/pushplus/tokens', {
      name: '家里的 NAS，名字很长很长很长很长很长很长',
    });
    const path = /\/console\/keys\/pushplus\/tokens\/\d+/.exec(made.text)?.[0] ?? '';
    expect(await looker.look(hong, '/console/keys', { name: 'keys' })).toEqual([]);
    expect(await looker.look(hong, '/console/keys/sendkey', { name: 'keys-sendkey' })).toEqual([]);
    expect(await looker.look(hong, '/console/keys/gotify', { name: 'keys-none', language: 'en-US' })).toEqual(
      [],
    );
    expect(await looker.look(hong, '/console/keys/pushplus?secret=show', { name: 'keys-pushplus' })).toEqual(
      [],
    );
    expect(await looker.look(hong, path, { name: 'keys-token' })).toEqual([]);
  });

  it('the encryption helper, which seals without a request and whose command arrives', async () => {
    const sealer = await w.signIn('Sealer', { role: 'developer' });
    const empty = await sealer.get('/console/keys/sendkey/seal');
    expect(empty.text).toContain('先生成一把 SendKey');
    await sealer.submit('/console/keys/sendkey/make');
    const { page, complaints } = await looker.open(sealer, '/console/keys/sendkey/seal');
    const requests: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    await page.fill('#seal-content', '机密：**密码是 1234**');
    await page.fill('#seal-password', 'correct horse');
    await page.click('#seal button[type=submit]');
    const cipher = (await page.locator('#sealed-text').textContent()) ?? '';
    const command = (await page.locator('#sealed-command').textContent()) ?? '';
    expect(cipher).toMatch(/^[A-Za-z0-9+/]{20,}={0,2}$/);
    expect(requests.filter((url) => !url.includes('/assets/'))).toEqual([]);
    expect(complaints).toEqual([]);
    await page.context().close();
    const { stdout } = await run('/bin/sh', ['-c', command]);
    expect(stdout).toContain('"code":0');
    const last = await w.db.message.findFirst({ orderBy: { id: 'desc' } });
    expect(last?.body).toBe(cipher);
    const reader = await looker.open(null, new URL(w.core.pageLinks.urlOf(Number(last?.id))).pathname);
    await reader.page.fill('#password', 'correct horse');
    await reader.page.locator('#unseal button').click();
    await reader.page.locator('#unsealed strong').waitFor();
    expect(await reader.page.locator('#unsealed').textContent()).toContain('机密：密码是 1234');
    await reader.page.context().close();
    const prepare = async (shown: import('playwright-core').Page) => {
      await shown.fill('#seal-content', '机密：**密码是 1234**');
      await shown.fill('#seal-password', 'correct horse');
      await shown.click('#seal button[type=submit]');
      await shown.locator('#sealed').waitFor();
    };
    expect(await looker.look(sealer, '/console/keys/sendkey/seal', { name: 'keys-seal', prepare })).toEqual(
      [],
    );
  });
});
