/** The preview of a card against the card on the simulator's phone: the same lines with the same values. */
import { expect, it } from 'vitest';
import { previewLines } from '#src/channels/wechat/preview.js';
import { fillFields, proposeFields } from '#src/channels/wechat/template.js';
import { itemsOf, openSim } from '#test/simulator/sim-world.js';

const PARTS = {
  title: '磁盘空间告警 🔥',
  summary: `db-1 的 /data 只剩 1%，${'请尽快清理'.repeat(5)}`,
  time: '2026-11-23 18:05:00',
  app: '机房监控',
  sender: '机房监控',
};

it.each<[string, string?]>([
  ['sim-category-template'],
  ['sim-free-template'],
  ['sim-bare'],
  ['sim-industry'],
  ['own', '你好：{{first.DATA}}\n{{a.DATA}}\n事项：{{thing.DATA}}\n\n说明 {{b.DATA}}\n{{c.DATA}} {{d.DATA}}'],
])('of %s draws what the phone draws', async (id, own) => {
  const sim = await openSim();
  const openid = await sim.person();
  if (own) {
    await sim.api('POST', '/templates', { templateId: id, title: '自己的', kind: 'free', content: own });
  }
  const { body } = await sim.wx('/cgi-bin/template/get_all_private_template');
  const templates = body.template_list as { template_id: string; content: string }[];
  const content = templates.find(({ template_id }) => template_id === id)?.content ?? '';
  // Every keyword is filled, the hidden ones as well: what is not drawn is not drawn for its line's sake.
  const keywords = [...content.matchAll(/\{\{(\w+)\.DATA\}\}/g)].map(([, keyword = '']) => keyword);
  const proposed = proposeFields(content);
  const fields = keywords.map(
    (keyword) => proposed.find((field) => field.keyword === keyword) ?? { keyword, part: 'app' as const },
  );
  const filled = fillFields({ id, fields }, PARTS).map(({ keyword, value }) => [keyword, { value }]);
  const call = { touser: openid, template_id: id, data: Object.fromEntries(filled) };
  const sent = await sim.wx('/cgi-bin/message/template/send', { body: call });
  expect(sent.body.errcode).toBe(0);
  const [card] = itemsOf(await sim.api('GET', `/followers/${openid}/inbox`));
  const drawn = previewLines({ id, fields }, PARTS, content);
  expect(drawn.map(({ label, value }) => `${label}：${value}`)).toEqual(
    String(card?.rendered)
      .split('\n')
      .slice(1)
      .map((line) => line.replace('说明 ', '说明：')),
  );
});
