/** Sending template messages, by both regimes, and subscription notices, which need consent. */

import { tellJobFinished } from './acts.js';
import { type CallInput, isRecord, OK, textIn, type WechatCalls } from './calls.js';
import type { Card } from './cards.js';
import { show, showCard } from './deliveries.js';
import { Refusal } from './errors.js';
import { fitsKeyword } from './keyword-rules.js';
import type { Person } from './people.js';
import type { Template } from './templates.js';
import type { WechatState } from './wechat-state.js';

/** template/send and subscribe/bizsend. */
export const templateCalls: WechatCalls = {
  '/cgi-bin/message/template/send': { method: 'POST', isServiceOnly: true, run: sendTemplate },
  '/cgi-bin/message/subscribe/bizsend': { method: 'POST', isServiceOnly: true, run: sendSubscriptionNotice },
  '/cgi-bin/message/template/uniform_send': { method: 'POST', run: refuseWithdrawn },
};

function sendTemplate({ state, body }: CallInput): string {
  const { person, template } = readAddress(state, body);
  const clientMsgId = textIn(body, 'client_msg_id');
  const repeated = clientMsgId && state.sentIds.findRepeat(person.openid, clientMsgId);
  if (repeated) {
    return sentBody(repeated);
  }
  if (!person.isFollowing) {
    throw new Refusal(43004);
  }
  if (person.refused?.has(template.id)) {
    throw new Refusal(43101);
  }
  const url = textIn(body, 'url');
  const card = readCard(template, body.data);
  const msgId = state.sentIds.nextMsgId();
  if (clientMsgId) {
    state.sentIds.remember(person.openid, clientMsgId, msgId);
  }
  const { jobStatus } = state.account;
  const status = person.isBlocking ? 'failed:user block' : jobStatus;
  if (status === 'success' || status === null) {
    showCard(state, person, { card, url });
  }
  if (status !== null) {
    tellJobFinished(state, person, { msgId, status });
  }
  return sentBody(msgId);
}

function sendSubscriptionNotice({ state, body }: CallInput): string {
  const { person, template } = readAddress(state, body);
  const left = person.consents?.get(template.id) ?? 0;
  if (left <= 0) {
    throw new Refusal(43101);
  }
  const card = readCard(template, body.data);
  person.consents?.set(template.id, left - 1);
  show(state, person, { kind: 'subscribe', card, url: textIn(body, 'page') });
  return OK;
}

/** The platform took this call away on 2023-09-20. */
function refuseWithdrawn(): never {
  throw new Refusal(45109);
}

function readAddress(state: WechatState, body: CallInput['body']): { person: Person; template: Template } {
  const person = state.people.find(textIn(body, 'touser'));
  if (!person) {
    throw new Refusal(40003);
  }
  const templateId = textIn(body, 'template_id');
  const template = state.templates.find(templateId);
  if (!template) {
    throw new Refusal(templateId === '' ? 40036 : 40037);
  }
  return { person, template };
}

function readCard(template: Template, data: unknown): Card {
  if (!isRecord(data)) {
    throw new Refusal(47001);
  }
  // Keys that the template does not name are not shown.
  return { template, values: template.keys.map((key) => readValue(template, key, data)) };
}

function readValue(template: Template, key: string, data: Readonly<Record<string, unknown>>): string {
  const entry = Object.hasOwn(data, key) ? data[key] : undefined;
  const value = isRecord(entry) ? entry.value : undefined;
  if (template.kind === 'category') {
    if (!fitsKeyword(key, value, template.constants)) {
      throw new Refusal(47003, { field: key });
    }
    return value;
  }
  if (entry === undefined) {
    return '';
  }
  if (typeof value !== 'string') {
    throw new Refusal(47001);
  }
  return value;
}

/** The id is a bare 19-digit number, which a careless JSON reader rounds. */
function sentBody(msgId: string): string {
  return `{"errcode":0,"errmsg":"ok","msgid":${msgId}}`;
}
