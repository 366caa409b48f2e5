/** The whole way of a follower in each push mode, against the simulator, which checks every answer as WeChat does. */
import { afterEach, expect, it } from 'vitest';
import { openWorld, type World } from '#test/support/world.js';

let w: World;
afterEach(() => w.close());

it.each(['plain', 'compatible', 'safe'] as const)(
  'scan, subscribe, answer, leave in %s mode',
  async (mode) => {
    w = await openWorld({ mode });
    const app = await w.app('alarm', { callbackUrl: w.webhook('alarm') }).made();
    const ming = w.phone('Ming');
    const scan = await ming.scans(app.qrcodeUrl);
    expect(scan.event).toBe('subscribe');
    scan.seesReply(/订阅成功：「alarm」/);
    const again = await ming.scans(app.qrcodeUrl);
    expect(again.event).toBe('SCAN');
    again.seesReply(/已经订阅过/);
    (await ming.says('重启 <b>&"]]>')).seesReply(/已发送给「alarm」/);
    (await ming.taps('QN_UID')).seesReply(/UID_/);
    expect((await ming.unfollows()).reply).toBeNull();
    await w.drain();
    const inbox = await w.sim('/inboxes/webhook/alarm');
    expect(inbox.text).toContain(']]>');
    expect(w.lines.filter((line) => line.includes('refused') || line.includes('cannot be shown'))).toEqual(
      [],
    );
  },
);
