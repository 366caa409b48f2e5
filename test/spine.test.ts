/** The product's spine, end to end: follow by QR code, get a UID, be pushed to, answer back. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openWorld, type World } from '#test/support/world.js';

let w: World;
beforeAll(async () => {
  w = await openWorld();
});
afterAll(() => w.close());

it('goes from a scan to a card and back to the developer', async () => {
  const app = await w.app('alarm', { callbackUrl: w.webhook('dev'), followTip: '欢迎订阅告警' }).made();
  const scan = await w.phone('Ming').scans(app.qrcodeUrl);
  expect(scan.event).toBe('subscribe');
  scan.seesReply(/欢迎订阅告警/);
  const uid = await w.phone('Ming').uid();
  const sent = await w.call('/api/send/message', {
    body: { appToken: app.appToken, content: 'CPU > 90%', summary: '负载过高', uids: [uid] },
  });
  expect(sent.json).toMatchObject({ code: 1000, data: [{ uid, code: 1000 }] });
  (await w.phone('Ming').says(`#${app.id} restart`)).seesReply(/alarm/);
  await w.drain();
  const [card] = await w.phone('Ming').cards();
  expect(card?.rendered).toContain('负载过高');
  const page = await fetch(card?.url ?? '');
  expect(await page.text()).toMatch(/CPU &(gt|#62); 90%/);
  const hooks = (await w.sim('/inboxes/webhook/dev')).json as { items: { request: { body: string } }[] };
  const actions = hooks.items.map((item) => JSON.parse(item.request.body));
  expect(actions.map((action) => action.action).sort()).toEqual(['app_subscribe', 'send_up_cmd']);
  const { messageContentId } = (sent.json as { data: { messageContentId: number }[] }).data[0] ?? {};
  const trace = await w.admin(`/messages/${messageContentId}`);
  expect(trace.json).toMatchObject({
    state: 'sent',
    deliveries: {
      total: 1,
      items: [
        { uid, channel: 'wechat', state: 'sent', attempts: [{ outcome: 'sent' }, { outcome: 'confirmed' }] },
      ],
    },
  });
});
