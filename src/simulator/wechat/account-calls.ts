/** Quotas, addresses and the check of the server URL. */
import { type CallInput, OK, textIn, type WechatCalls } from './calls.js';
import { Refusal } from './errors.js';
import { checkAppId, checkSecret } from './token-calls.js';

const ACTIONS: readonly string[] = ['dns', 'ping', 'all'];
const OPERATORS: readonly string[] = ['CHINANET', 'UNICOM', 'CAP', 'DEFAULT'];
const ADDRESSES = { ip_list: ['127.0.0.1'] };

/** The account's housekeeping calls. */
export const accountCalls: WechatCalls = {
  '/cgi-bin/clear_quota': {
    method: 'POST',
    run: (input) => {
      checkAppId(input.state, textIn(input.body, 'appid'));
      return clearQuota(input);
    },
  },
  '/cgi-bin/clear_quota/v2': {
    method: 'POST',
    isOpen: true,
    run: (input) => {
      checkAppId(input.state, textIn(input.body, 'appid'));
      checkSecret(input.state, textIn(input.body, 'appsecret'));
      return clearQuota(input);
    },
  },
  '/cgi-bin/openapi/quota/get': {
    method: 'POST',
    run: ({ state, body }) => {
      const quota = state.quotas.read(textIn(body, 'cgi_path'));
      if (!quota) {
        throw new Refusal(76021);
      }
      return { errcode: 0, errmsg: 'ok', quota };
    },
  },
  '/cgi-bin/getcallbackip': { method: 'GET', run: () => ADDRESSES },
  '/cgi-bin/get_api_domain_ip': { method: 'GET', run: () => ADDRESSES },
  '/cgi-bin/callback/check': { method: 'POST', run: checkCallback },
};

function clearQuota({ state }: CallInput): string {
  if (!state.quotas.clear()) {
    throw new Refusal(48006);
  }
  return OK;
}

function checkCallback({ state, body }: CallInput): object {
  const action = textIn(body, 'action');
  if (!ACTIONS.includes(action)) {
    throw new Refusal(40202);
  }
  const operator = textIn(body, 'check_operator');
  if (!OPERATORS.includes(operator)) {
    throw new Refusal(40203);
  }
  if (!state.world.settings.pushTo) {
    throw new Refusal(40201);
  }
  const dns = [{ ip: '127.0.0.1', real_operator: operator }];
  const ping = [{ ip: '127.0.0.1', from_operator: operator, package_loss: '0%', time: '1.000ms' }];
  return { ...(action === 'ping' ? {} : { dns }), ...(action === 'dns' ? {} : { ping }) };
}
