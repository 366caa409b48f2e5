/** The list of trusted addresses, which an administrator can fill in once the app's server URL works. */
import { expect, it } from 'vitest';
import { decodeAesKey, decryptMessage } from '#src/lib/message-crypto.js';
import { simulatedWecom, simulatorDefaults } from '#src/simulator/index.js';
import { ask, openServerUrl, openSim, type SimWorld } from '../sim-world.js';

const { untrustingCorpId, secret } = simulatedWecom;

async function send(sim: SimWorld): Promise<unknown> {
  const token = await ask(
    `${sim.base}/wecom/cgi-bin/gettoken?corpid=${untrustingCorpId}&corpsecret=${secret}`,
  );
  const url = `${sim.base}/wecom/cgi-bin/message/send?access_token=${token.body.access_token}`;
  const body = { touser: 'lisi', msgtype: 'text', agentid: simulatedWecom.agentId, text: { content: 'hi' } };
  return (await ask(url, { method: 'POST', body: JSON.stringify(body) })).body.errcode;
}

it('opens once the server URL has passed its check, and then lets us in', async () => {
  const aesKey = decodeAesKey(simulatorDefaults.wecomAesKey);
  let isRight = false;
  const server = await openServerUrl(({ query }) => {
    const encrypted = query.get('echostr') ?? '';
    const echo = decryptMessage({ encrypted, receiverId: simulatedWecom.corpId, aesKey });
    return isRight ? echo : 'hello';
  });
  const sim = await openSim({ wecomPushTo: server.url });
  const trust = () => sim.api('POST', '/wecom/trusted-ips', { corpId: untrustingCorpId, ips: ['127.0.0.1'] });
  expect(await send(sim)).toBe(60020);
  expect(await trust()).toMatchObject({ status: 409, body: { error: { code: 'locked' } } });
  await sim.api('POST', '/wecom/verify', {});
  expect((await trust()).status).toBe(409);
  isRight = true;
  await sim.api('POST', '/wecom/verify', {});
  expect((await trust()).status).toBe(200);
  expect(await send(sim)).toBe(0);
  await sim.api('POST', '/reset', {});
  expect((await trust()).status).toBe(409);
});
