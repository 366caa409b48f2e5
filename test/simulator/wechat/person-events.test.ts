/** Events about a person that they do not do in the chat. */
import { expect, it } from 'vitest';
import { parseFlatXml } from '#src/lib/xml.js';
import { openServerUrl, openSim } from '../sim-world.js';

it.each([
  ['user_info_modified', ['OpenID', 'AppID', 'RevokeInfo', 'PluginID', 'OpenPID']],
  ['user_authorization_revoke', ['OpenID', 'AppID', 'RevokeInfo', 'PluginID', 'OpenPID']],
  ['user_authorization_cancellation', ['OpenID', 'AppID', 'RevokeInfo', 'PluginID', 'OpenPID']],
  ['kf_create_session', ['KfAccount']],
  ['kf_close_session', ['KfAccount', 'CloseType']],
  ['kf_switch_session', ['FromKfAccount', 'ToKfAccount']],
])('tells %s with the fields of its kind, and shows no reply', async (event, own) => {
  const server = await openServerUrl();
  const sim = await openSim({ pushTo: server.url });
  const openid = await sim.person();
  const { body } = await sim.api('POST', `/followers/${openid}/events`, { event });
  expect(body).toMatchObject({ event, reply: null, tries: 1 });
  const fields = await parseFlatXml(server.pushes.at(-1)?.body ?? '');
  expect([...fields.keys()].slice(3)).toEqual(['MsgType', 'Event', ...own]);
  expect(fields.get('FromUserName')).toBe(openid);
});

it('takes no event of another name', async () => {
  const sim = await openSim();
  const openid = await sim.person();
  expect((await sim.api('POST', `/followers/${openid}/events`, { event: 'subscribe' })).status).toBe(400);
});
