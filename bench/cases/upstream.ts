/** Upstream: signed messages of WeChat to their replies, in plaintext and encrypted, beside a bare Koa app that parses XML. */

import { randomInt } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeAesKey, encryptMessage, signatureOf } from '#src/lib/message-crypto.js';
import { buildXml } from '#src/lib/xml.js';
import { simulatorDefaults } from '#src/simulator/index.js';
import { type BenchCase, compare } from '../case.js';
import { runWorker, startWorker } from '../processes.js';
import type { BlastResult, PreparedRequest } from '../workers/blast.js';
import { makeFollowers, openBenchWorld } from '../world.js';

const SIZES = { small: { seconds: 5, messages: 40_000 }, full: { seconds: 20, messages: 150_000 } };
const CONNECTIONS = 64;
const PEOPLE = 500;
const { appId, token, aesKey } = simulatorDefaults;
/** Asks for one's own UID: a message with a reply that reads and writes the database. */
const TEXT = 'uid';
const FIRST_MESSAGE_ID = 24_000_000_000_000_000n;

/** The case. */
export const upstream: BenchCase = {
  name: 'upstream',
  about: 'signed WeChat messages to their replies',
  run: async (input, report) => {
    for (const mode of ['plain', 'safe'] as const) {
      const world = await openBenchWorld(input, { mode });
      try {
        const size = SIZES[input.size];
        await world.start();
        const app = await world.makeApp('压测');
        const openids = await makeFollowers(world, PEOPLE, app.qrcodeUrl);
        const requestsFile = join(world.folder, 'pushes.json');
        const requests = preparePushes(openids, { count: size.messages, mode });
        writeFileSync(requestsFile, JSON.stringify(requests));
        const bare = await startWorker('bare-koa', {
          path: '/wechat',
          form: 'xml',
          body: requests[0]?.body,
          type: 'text/xml; charset=utf-8',
        });
        const order = { connections: CONNECTIONS, seconds: size.seconds, warmUpSeconds: 1, requestsFile };
        const expect = '<xml>';
        const theirs = await runWorker<BlastResult>('blast', { ...order, url: bare.url, expect });
        const cpu = world.server.cpuSeconds();
        const ours = await runWorker<BlastResult>('blast', { ...order, url: world.url, expect, once: true });
        await bare.end();
        if (ours.errors > 0) {
          throw new Error(`${ours.errors} bad answers, such as ${ours.problem}`);
        }
        const perMessage = (world.server.cpuSeconds() - cpu) / (ours.perSecond * (ours.seconds + 1));
        report(
          compare({
            what: `${mode === 'plain' ? 'plaintext' : 'AES'}, ${CONNECTIONS} connections`,
            value: ours.perSecond,
            unit: 'replies/s',
            ceiling: theirs.perSecond,
            ceilingName: 'bare Koa and XML',
            note: `p99 ${ours.times.p99.toFixed(0)} ms, CPU ${(perMessage * 1e6).toFixed(0)} µs each`,
          }),
        );
      } finally {
        await world.close();
      }
    }
  },
};

/** Pushes as WeChat would send them: each with its own id, signature and, in safe mode, encryption. */
function preparePushes(
  openids: readonly string[],
  order: { count: number; mode: 'plain' | 'safe' },
): PreparedRequest[] {
  const key = decodeAesKey(aesKey);
  // A nonce serves one body: no two pushes of a second may have the same.
  const firstNonce = randomInt(100_000_000, 2_000_000_000);
  return Array.from({ length: order.count }, (_, at) => {
    const openid = openids[at % openids.length] ?? '';
    const timestamp = String(Math.floor(Date.now() / 1000));
    const nonce = String(firstNonce + at);
    const message = buildXml({
      ToUserName: 'gh_sim000000001',
      FromUserName: openid,
      CreateTime: Number(timestamp),
      MsgType: 'text',
      Content: TEXT,
      MsgId: String(FIRST_MESSAGE_ID + BigInt(at)),
    });
    const signature = signatureOf(token, timestamp, nonce);
    const query = `signature=${signature}&timestamp=${timestamp}&nonce=${nonce}&openid=${openid}`;
    if (order.mode === 'plain') {
      return { path: `/wechat?${query}`, type: 'text/xml', body: message };
    }
    const encrypted = encryptMessage({ message, receiverId: appId, aesKey: key });
    const messageSignature = signatureOf(token, timestamp, nonce, encrypted);
    return {
      path: `/wechat?${query}&encrypt_type=aes&msg_signature=${messageSignature}`,
      type: 'text/xml',
      body: buildXml({ ToUserName: 'gh_sim000000001', Encrypt: encrypted }),
    };
  });
}
