/** The channel of a person's own official or test account: template messages with their own credentials and template. */
import type { Channel, ChannelIo, ChannelSettings } from '#src/channels/channel.js';
import { extrasOf, settingOf } from '#src/channels/parts.js';
import { DROPPED_BY_WECHAT } from '#src/channels/repeats.js';
import { renderCard, type WechatCard } from '#src/channels/wechat/index.js';
import { type ChosenTemplate, fillFields } from '#src/channels/wechat/template.js';
import { createTemplateMisses } from '#src/channels/wechat/template-misses.js';
import type { Outcome } from '#src/core/types.js';
import { createOwnAccounts, type OwnAccountsDeps, type OwnClient } from './accounts.js';
import { joinOutcomes, type ReceiverOutcome, toOwnOutcome } from './outcome.js';
import { checkOwnSettings, fieldsOf, OWN_FIELDS, receiversOf } from './settings.js';

/** A message drawn for an own account: the card, and whom the sender named. */
export interface OwnCard extends WechatCard {
  named: unknown;
}

/** The channel, with the connections it keeps. */
export interface WechatOwnChannel extends Channel<OwnCard> {
  /** Ends the connections to the accounts. */
  close(): Promise<void>;
}

/** After a failure that belongs to the account, the other receivers are not tried: nothing would go through. */
const isAccounts = (outcome: Outcome): boolean => outcome.kind === 'retry' && outcome.scope === 'queue';
const NO_TEMPLATE_REST_MS = 60_000;
const NO_OPENID: Outcome = {
  kind: 'refused',
  code: 'no_openid',
  why: '微信 WeChat: 不是 openid，或超出了每条 20 人 no openid, or beyond 20 for a message',
};

/** Makes the channel. */
export function createWechatOwnChannel(deps: OwnAccountsDeps): WechatOwnChannel {
  const accounts = createOwnAccounts(deps);
  const judge = createTemplateMisses();
  return {
    id: 'wechat-own',
    title: { zh: '自己的公众号或测试号', en: 'Your own official or test account' },
    configFields: OWN_FIELDS,
    limits: { inFlight: 4 },
    repeatsOf: () => DROPPED_BY_WECHAT,
    accountOf: (settings) => settingOf(settings, 'appId'),
    checkSettings: checkOwnSettings,
    render: (message) => ({
      ...renderCard(message),
      named: extrasOf(message.extras, 'wechat-own').receivers,
    }),
    send: async (card, settings, _recipient, io) => {
      const client = accounts.open({
        appId: settingOf(settings, 'appId'),
        secret: settingOf(settings, 'secret'),
      });
      const outcome = await sendToAll(client, card, { settings, io }).catch((error: unknown) =>
        toOwnOutcome(error, io.clock.now()),
      );
      return judge(settingOf(settings, 'appId'), outcome);
    },
    close: () => accounts.close(),
  };
}

async function sendToAll(
  client: OwnClient,
  card: OwnCard,
  { settings, io }: { settings: ChannelSettings; io: ChannelIo },
): Promise<Outcome> {
  const { openids: receivers, wrong } = receiversOf(settings, card.named);
  if (receivers.length + wrong.length === 0) {
    return {
      kind: 'refused',
      code: 'no_receiver',
      why: '微信 WeChat: 没有填写接收人的编号（openid） no receiver’s openid',
    };
  }
  const template = await client.findTemplate({
    templateId: settingOf(settings, 'templateId') || null,
    templateFields: fieldsOf(settings),
  });
  if (!template) {
    const why =
      '微信 WeChat: 这个账号里没有合适的模板，请新增一个每行都有标签的模板（标题：{{title.DATA}}） the account has no template that shows anything: add one with a label on each line';
    return { kind: 'retry', scope: 'queue', afterMs: NO_TEMPLATE_REST_MS, code: 'no_template', why };
  }
  const all: ReceiverOutcome[] = [];
  for (const [index, openid] of receivers.entries()) {
    const outcome = await sendToOne(client, fillTemplate(card, template), {
      openid,
      clientMsgId: `${io.deliveryId}-${index}`,
      now: io.clock.now(),
    });
    all.push({ openid, outcome });
    if (isAccounts(outcome)) {
      all.push(...receivers.slice(index + 1).map((untried) => ({ openid: untried, outcome })));
      break;
    }
  }
  return joinOutcomes([...all, ...wrong.map((openid) => ({ openid, outcome: NO_OPENID }))]);
}

function fillTemplate(card: OwnCard, template: ChosenTemplate) {
  const data = fillFields(template, card.parts).map(({ keyword, value }) => [keyword, { value }]);
  return { templateId: template.id, url: card.url, data: Object.fromEntries(data) };
}

async function sendToOne(
  client: OwnClient,
  filled: ReturnType<typeof fillTemplate>,
  { openid, clientMsgId, now }: { openid: string; clientMsgId: string; now: number },
): Promise<Outcome> {
  try {
    // The same openid and id are shown once within ten minutes, so a repeat of the delivery shows nothing twice.
    const { msgId } = await client.platform.sendTemplate({ ...filled, openid, clientMsgId });
    return { kind: 'sent', ref: msgId };
  } catch (error) {
    return toOwnOutcome(error, now);
  }
}
