/** The operator's pages as people see them: on a desk and in a pocket, in light and in dark, with much and with nothing in them. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { hasBrowser, type Looker, openLooker } from '#test/support/look.js';
import type { Browser } from '#test/support/sign-in.js';
import { openWorld, type World } from '#test/support/world.js';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 });

const HOUR_MS = 3_600_000;
const NAMES = ['王小明', '值班·李雷', 'Müller-Łukasiewicz', '𠮷野家🦅', 'عبد الله', ''];

let w: World;
let boss: Browser;
let looker: Looker;
let uid = '';

describe.skipIf(!hasBrowser)('the operator’s pages', () => {
  beforeAll(async () => {
    w = await openWorld();
    boss = await w.signIn('Boss', { role: 'operator' });
    looker = await openLooker(w.url);
  });
  afterAll(async () => {
    await looker?.close();
    await w?.close();
  });

  it.each(['numbers', 'people', 'plans', 'backups', 'audit'])('%s with nothing in it', async (page) => {
    expect(
      await looker.look(boss, `/console/${page}`, { name: `op-${page}-empty`, language: 'en-US' }),
    ).toEqual([]);
  });

  it('with much in it', async () => {
    await fill();
    for (const page of [
      'numbers?range=day',
      'numbers?range=week',
      'limits',
      'people',
      'accounts',
      'settings',
      'audit',
    ]) {
      const prepare = async (sheet: import('playwright-core').Page) => {
        const details = sheet.locator('main details').first();
        if ((await details.count()) > 0 && page.endsWith('week')) {
          await details.locator('summary').click();
        }
      };
      expect(await looker.look(boss, `/console/${page}`, { name: `op-${page}`, prepare })).toEqual([]);
    }
  });

  it('one person, a plan and its form, backups', async () => {
    expect(await looker.look(boss, `/console/people/${uid}`, { name: 'op-person' })).toEqual([]);
    expect(await looker.look(boss, '/console/people?q=nobody', { name: 'op-people-none' })).toEqual([]);
    const plan = await w.db.plan.findFirstOrThrow({ where: { code: 'free' } });
    expect(await looker.look(boss, '/console/plans', { name: 'op-plans' })).toEqual([]);
    expect(await looker.look(boss, `/console/plans/${plan.id}`, { name: 'op-plan' })).toEqual([]);
    expect(await looker.look(boss, '/console/plans/new', { name: 'op-plan-new' })).toEqual([]);
    const { name } = await w.core.backups.makeBackup();
    await w.core.backups.chooseRestore(name);
    expect(await looker.look(boss, '/console/backups', { name: 'op-backups' })).toEqual([]);
    await w.core.backups.cancelRestore();
  });

  it('the upload says what is wrong with a file, and shows one that waits', async () => {
    const { page, complaints } = await looker.open(boss, '/console/backups');
    page.on('dialog', (dialog) => void dialog.accept());
    await page.setInputFiles('#f-file', {
      name: 'holiday.jpg',
      mimeType: 'image/jpeg',
      buffer: Buffer.from('no database, whatever its name'),
    });
    await page.click('#upload button');
    await page.getByText(/不是 SQLite 数据库|不是青鸟/).waitFor();
    const [backup] = await w.core.backups.listBackups();
    await page.setInputFiles('#f-file', `${w.folder}/backups/${backup?.name}`);
    await page.click('#upload button');
    await page.getByText('等待恢复').waitFor();
    // The refusal of the first file is an answer of 400, which Chromium reports.
    expect(complaints.filter((line) => !line.includes('400'))).toEqual([]);
    await page.context().close();
  });
});

/** A server as it looks after a while. */
async function fill(): Promise<void> {
  const app = await w.app('机房值班报警（生产环境）').made();
  for (const [at, name] of NAMES.entries()) {
    await w.phone(`Follower${at}`).follows();
    const person = await w.db.person.findFirstOrThrow({ orderBy: { id: 'desc' } });
    await w.db.person.update({ where: { id: person.id }, data: { nickname: name } });
    const place = { appId: app.id, topicId: 0, source: 'scan', extra: '' } as const;
    await w.core.subscriptions.subscribe({ personId: Number(person.id), uid: person.uid, ...place });
    await w.db.subscription.updateMany({ where: { personId: person.id }, data: { remark: `${at} 号机房` } });
    uid = at === 0 ? person.uid : uid;
  }
  const { personId } = await w.core.people.getByUid(uid);
  const me = { role: 'operator', personId } as const;
  const own = { target: `app ${app.id}`, address: '2001:db8:85a3:1234:5678:8a2e:370:7334' };
  await w.core.audit.writeEntry(me, { action: 'app.token.replace', ...own });
  await w.core.audit.writeEntry(me, { action: 'channel.not-first', target: `channel 12345 of ${uid}` });
  const chosen = JSON.stringify({ registration: 'open', retentionDays: 30, serverchan: 'free' });
  await w.core.audit.writeEntry(me, { action: 'settings.save', detail: chosen, address: '203.0.113.9' });
  await w.core.points.grant(personId, 500, '开通短信');
  await w.core.keys.createKey(personId, 'sendkey', { name: '家里的 NAS' });
  await w.core.channels.createChannel(personId, {
    kind: 'webhook',
    code: 'backup-hook',
    config: { url: w.webhook('a-rather-long-name-that-does-not-break') },
  });
  const body = {
    appToken: app.appToken,
    summary: '磁盘告警：db-03 只剩 5%',
    content: '磁盘只剩 5%',
    uids: [uid],
  };
  await w.call('/api/send/message', { body });
  await w.drain();
  await w.core.plans.createPlan({
    code: 'free',
    name: '免费方案',
    limits: { callsPerTenSeconds: 20, callsPerDay: 2000 },
  });
  const plan = await w.db.plan.findFirstOrThrow();
  await w.core.apps.usePlan(app.id, plan.id);
  await w.signIn('一个名字非常非常长的开发者名字', { role: 'developer' });
  const until = new Date(w.clock.now() + HOUR_MS);
  const why = '今天的模板消息额度已用完，零点自动恢复；或在公众平台清零一次。';
  await w.db.pause.create({ data: { queue: 'wechat', until, code: '45009', why } });
  const now = Math.floor(w.clock.now() / HOUR_MS) * HOUR_MS;
  await w.db.hourFigure.createMany({
    data: Array.from({ length: 7 * 24 }, (_, at) => {
      const hour = new Date(now - (at + 1) * HOUR_MS);
      const wave = Math.round(4000 + 3500 * Math.sin(at / 4));
      return [
        { hour, name: 'accepted', value: wave },
        { hour, name: 'delivered', value: Math.round(wave * 0.97) },
        { hour, name: 'failed:wechat:unfollowed', value: Math.round(wave * 0.02) },
        { hour, name: 'failed:webhook:http 502', value: Math.round(wave * 0.01) },
        { hour, name: `latency:${8 + (at % 4)}`, value: wave },
        { hour, name: 'most:queue', value: Math.round(wave / 9) },
      ];
    }).flat(),
  });
  w.core.overview.forget();
  await w.core.figures.noteQuota(async () => ({ dailyLimit: 100_000, remaining: 63_412 }));
}
