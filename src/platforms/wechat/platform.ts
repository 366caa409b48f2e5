/** The WeChat client's verbs, each one call of the platform. */

import { PlatformError } from '#src/platforms/platform-error.js';
import {
  readText,
  readTexts,
  toCallbackCheck,
  toFollowerPage,
  toQuota,
  toTemplates,
  toUser,
} from './answers.js';
import { createWechatClient, type WechatClient } from './client.js';
import { decodeError } from './errors.js';
import { toMenu, toMenuFields } from './menu-fields.js';
import { buildOauthUrl, exchangeCode } from './oauth.js';
import { readServerTime } from './server-time.js';
import type { QrcodeRequest, TemplateCard, WechatDeps, WechatMenu, WechatPlatform } from './types.js';

/** The platform's limits of scene QR codes. */
const MAX_SCENE_LENGTH = 64;
const MAX_EXPIRE_SECONDS = 2_592_000;
/** menu/get answers this when there is no menu. */
const NO_MENU = 46003;

/** Makes the client of one official account. Nothing is sent before the first call. */
export function createWechatPlatform(deps: WechatDeps): WechatPlatform {
  const { config } = deps;
  const client = createWechatClient(deps);
  return {
    ...messageVerbs(client),
    ...accountVerbs(client, config.appId),
    ...peopleVerbs(client),
    oauthUrl: (input) => buildOauthUrl(config, input),
    exchangeOauthCode: (code) => exchangeCode(client, config, code),
    checkSecret: () => client.checkSecret(),
    readTime: () => readServerTime(config),
    tokenState: () => ({ expiresAt: client.tokenExpiresAt() }),
    close: () => client.close(),
  };
}

function messageVerbs(client: WechatClient) {
  return {
    sendTemplate: async (card: TemplateCard) => {
      // Direct, not through the library: that has no client_msg_id, and this is the hot path.
      const answer = await client.post('/cgi-bin/message/template/send', {
        touser: card.openid,
        template_id: card.templateId,
        url: card.url,
        client_msg_id: card.clientMsgId,
        data: card.data,
      });
      return { msgId: readText(answer.msgid) };
    },
    sendText: async (openid: string, text: string) => {
      await client.call(false, (api, done) => api.sendText(openid, text, done));
    },
    listTemplates: async () =>
      toTemplates(await client.call(true, (api, done) => api.getAllPrivateTemplate(done))),
    addTemplate: async ({ shortId, keywords }: { shortId: string; keywords?: string[] }) => {
      const body = { template_id_short: shortId, keyword_name_list: keywords };
      const answer = await client.post('/cgi-bin/template/api_add_template', body);
      return { templateId: readText(answer.template_id) };
    },
    deleteTemplate: async (templateId: string) => {
      await client.call(true, (api, done) => api.delPrivateTemplate(templateId, done));
    },
  };
}

function accountVerbs(client: WechatClient, appId: string) {
  return {
    createMenu: async (menu: WechatMenu) => {
      const fields = toMenuFields(menu);
      await client.call(true, (api, done) => api.createMenu(fields, done));
    },
    getMenu: () => readMenu(client),
    deleteMenu: async () => {
      await client.call(true, (api, done) => api.removeMenu(done));
    },
    callbackIps: async () => readTexts((await client.call(true, (api, done) => api.getIp(done))).ip_list),
    checkCallback: async () => {
      const body = { action: 'all', check_operator: 'DEFAULT' };
      return toCallbackCheck(await client.post('/cgi-bin/callback/check', body));
    },
    quota: async (cgiPath: string) =>
      toQuota(await client.post('/cgi-bin/openapi/quota/get', { cgi_path: cgiPath })),
    clearQuota: async () => {
      await client.call(false, (api, done) => api.clearQuota(appId, done));
    },
  };
}

function peopleVerbs(client: WechatClient) {
  return {
    createQrcode: (input: QrcodeRequest) => createQrcode(client, input),
    // The library does not encode; tickets contain + and /.
    qrcodePictureUrl: (ticket: string) => client.api.showQRCodeURL(encodeURIComponent(ticket)),
    getUser: async (openid: string) => {
      const options = { openid: encodeURIComponent(openid), lang: 'zh_CN' };
      return toUser(openid, await client.call(true, (api, done) => api.getUser(options, done)));
    },
    listFollowers: async (next?: string) => {
      const from = encodeURIComponent(next ?? '');
      const answer = await client.call(true, (api, done) => api.getFollowers(from, done));
      return toFollowerPage(answer, next === undefined);
    },
  };
}

async function createQrcode(client: WechatClient, { scene, expireSeconds }: QrcodeRequest) {
  if (scene.length < 1 || scene.length > MAX_SCENE_LENGTH) {
    throw new RangeError(`a scene has 1 to ${MAX_SCENE_LENGTH} characters`);
  }
  const isLasting = expireSeconds === undefined;
  if (
    !isLasting &&
    !(Number.isInteger(expireSeconds) && expireSeconds >= 1 && expireSeconds <= MAX_EXPIRE_SECONDS)
  ) {
    throw new RangeError(`a temporary code lives 1 to ${MAX_EXPIRE_SECONDS} whole seconds`);
  }
  const answer = await client.call(true, (api, done) =>
    isLasting ? api.createLimitQRCode(scene, done) : api.createTmpQRCode(scene, expireSeconds, done),
  );
  const { ticket, url } = answer;
  if (typeof ticket !== 'string' || typeof url !== 'string' || ticket === '' || url === '') {
    throw decodeError('qrcode/create', 'the answer holds no ticket or no url');
  }
  return { ticket, url };
}

async function readMenu(client: WechatClient): Promise<WechatMenu | null> {
  try {
    return toMenu((await client.call(true, (api, done) => api.getMenu(done))).menu);
  } catch (error) {
    if (error instanceof PlatformError && error.code === NO_MENU) {
      return null;
    }
    throw error;
  }
}
