/** The official account's server URL: `/wechat`. */
import { findEventAnswer } from './events.js';
import { readPush } from './push.js';
import { type DoorNeeds, serveUrl, type WechatDoor } from './server-url.js';
import { checkQuery, createVerifier, type DoorSettings, readHandshake } from './verify.js';

/** What the door is made with. */
export interface WechatDoorNeeds extends DoorNeeds {
  settings: DoorSettings;
}

/** Makes the door. Throws RangeError when a message key is none. */
export function createWechatDoor(needs: WechatDoorNeeds): WechatDoor {
  const { account } = needs.core;
  const verifier = createVerifier(needs.settings);
  return serveUrl(
    {
      path: '/wechat',
      verifier,
      echo: (query, nowMs) => readHandshake(verifier, query, nowMs),
      checkQuery: (query, nowMs) => checkQuery(verifier, query, nowMs),
      readPush: (fields, nowMs) => readPush(fields, account.account, nowMs),
      acknowledgement: 'success',
      rules: { account, canScan: true, findEventAnswer },
    },
    needs,
  );
}
