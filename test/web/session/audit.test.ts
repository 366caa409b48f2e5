/** The audit log tells who signed in, who failed to, and what was carried away. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openWorld, type World } from '#test/support/world.js';

let w: World;
beforeEach(async () => {
  w = await openWorld();
});
afterEach(() => w.close());

it('tells of sign-ins, wrong codes, and downloads by page and call, each in words', async () => {
  const boss = await w.signIn('Boss', { role: 'operator' });
  const uid = await w.phone('Boss').uid();
  await w.app('机房').made();
  const app = await w.db.app.findFirstOrThrow({ where: { name: '机房' } });
  const mallory = await w.signIn('Mallory');
  await mallory.post('/sign-in/join', { code: 'x'.repeat(24) });
  const { name } = await w.core.backups.makeBackup();
  await boss.get(`/console/backups/${name}`);
  await w.admin(`/backups/${name}`);
  await boss.get(`/console/apps/${app.id}/subscribers/export`);
  const rows = await w.db.auditEntry.findMany({ orderBy: { id: 'asc' } });
  const lines = rows.map(({ actor, action, target, address }) => `${actor} ${action} ${target} ${address}`);
  const mUid = await w.phone('Mallory').uid();
  expect(lines).toContain(`${uid} session.begin node 127.0.0.1`);
  expect(lines).toContain(`${mUid} account.wrong-code  127.0.0.1`);
  expect(lines).toContain(`${uid} backup.download ${name} 127.0.0.1`);
  expect(lines).toContain(`ADMIN_TOKEN api.getBackup name ${name} 127.0.0.1`);
  expect(lines.some((line) => line.startsWith(`${uid} subscriber.export app ${app.id}`))).toBe(true);
  const page = (await boss.get('/console/audit')).text;
  for (const words of ['登录网页', '管理员码填错', '下载备份', '导出订阅者']) {
    expect(page).toContain(words);
  }
});

it('holds few lines of one person who tries code after code, or takes copy after copy', async () => {
  const mallory = await w.signIn('Mallory');
  const statuses = new Set<number>();
  for (let at = 0; at < 30; at += 1) {
    await mallory.post('/sign-in/join', { code: `x${at}` });
    statuses.add((await mallory.post('/me/data/export')).status);
  }
  expect([...statuses]).toEqual([200, 429]);
  expect(await w.db.auditEntry.count({ where: { action: 'account.wrong-code' } })).toBe(20);
  expect(await w.db.auditEntry.count({ where: { action: 'person.export' } })).toBe(5);
});
