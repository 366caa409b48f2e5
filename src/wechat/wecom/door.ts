/** The WeCom app's server URL: `/wecom`. Members talk to the app as followers talk to the official account. */
import { type DoorNeeds, serveUrl, type WechatDoor } from '#src/wechat/server-url.js';
import { createVerifier } from '#src/wechat/verify.js';
import { findMemberEventAnswer } from './events.js';
import { readMemberPush } from './push.js';
import { checkMemberQuery, openEcho } from './verify.js';

/** What the app's settings say about its server URL. */
export interface WecomDoorSettings {
  corpId: string;
  token: string;
  /** 43 characters; there is no plaintext mode. */
  aesKey: string;
}

/** What the door is made with. */
export interface WecomDoorNeeds extends DoorNeeds {
  settings: WecomDoorSettings;
}

/** Makes the door. Throws RangeError when the message key is none. */
export function createWecomDoor(needs: WecomDoorNeeds): WechatDoor {
  const { corpId, token, aesKey } = needs.settings;
  // The id at the end of a message is the corp's, where an official account has its app id.
  const verifier = createVerifier({ token, appId: corpId, aesKey, previousAesKey: null });
  return serveUrl(
    {
      path: '/wecom',
      verifier,
      echo: (query) => openEcho(verifier, query),
      checkQuery: checkMemberQuery,
      readPush: (fields, nowMs) => readMemberPush(fields, corpId, nowMs),
      acknowledgement: '',
      rules: {
        account: { platform: 'wecom', account: corpId },
        canScan: false,
        findEventAnswer: findMemberEventAnswer,
      },
    },
    needs,
  );
}
