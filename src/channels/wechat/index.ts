/** The WeChat channel: every push is a template message, which alone the platform can drop as a repeat. */
import type { Channel } from '#src/channels/channel.js';
import { DROPPED_BY_WECHAT } from '#src/channels/repeats.js';
import type { WechatSettings } from '#src/config.js';
import type { MessageContent, Outcome } from '#src/core/types.js';
import { formatChinaTime } from '#src/lib/china-time.js';
import type { Clock } from '#src/lib/clock.js';
import { startOfPlainText } from '#src/lib/text.js';
import type { WechatPlatform } from '#src/platforms/wechat/index.js';
import { toOutcome } from './outcome.js';
import { type CardPreview, previewLines } from './preview.js';
import { type AccountTemplate, type ChosenTemplate, chooseTemplate, fillFields } from './template.js';
import { createTemplateMisses } from './template-misses.js';

/** A message drawn for a template: its parts, still to be fitted to keywords. */
export interface WechatCard {
  parts: Record<'title' | 'summary' | 'time' | 'app' | 'sender', string>;
  url: string;
}

/** The calls of the platform that the channel makes. */
export type WechatSender = Pick<WechatPlatform, 'sendTemplate' | 'listTemplates'>;

/** No keyword takes more than 32 characters. */
const SUMMARY_LENGTH = 64;
const NO_TEMPLATE_REST_MS = 60_000;
/** How long the account's templates are remembered for previews. */
const TEMPLATES_TTL_MS = 600_000;

/** The channel, and how a message would look by it. */
export interface WechatChannel extends Channel<WechatCard> {
  /** The card of a message, exactly as a phone would show it. Never throws: what WeChat does not tell is left out. */
  preview(message: MessageContent): Promise<CardPreview>;
}

/** Makes the channel of the server's own official account. */
export function createWechatChannel(deps: {
  platform: WechatSender;
  settings: Pick<WechatSettings, 'templateId' | 'templateFields'>;
  clock: Clock;
  /** What the operator chose on a page, which goes before the settings. Asked at every send. */
  readChoice?: () => Promise<ChosenTemplate | null>;
  inFlight?: number;
}): WechatChannel {
  const { platform, settings, clock, readChoice = async () => null } = deps;
  let listed: { at: number; templates: Awaited<ReturnType<WechatSender['listTemplates']>> } | null = null;
  let chosen: ChosenTemplate | null = chooseTemplate(settings, []);

  async function findTemplate(): Promise<ChosenTemplate | null> {
    const choice = await readChoice();
    if (choice) {
      return choice;
    }
    if (!chosen) {
      const templates: AccountTemplate[] = await platform.listTemplates();
      chosen = chooseTemplate(settings, templates);
    }
    return chosen;
  }

  async function send(card: WechatCard, openid: string, deliveryId: number): Promise<Outcome> {
    const template = await findTemplate();
    if (!template) {
      const why =
        '公众号里没有可用的模板：请在公众平台添加每行都有标签的模板（标题：{{title.DATA}}），并设置 WECHAT_TEMPLATE_ID。The account has no template that shows anything: add one with a label on each line, and set WECHAT_TEMPLATE_ID';
      return { kind: 'retry', scope: 'queue', afterMs: NO_TEMPLATE_REST_MS, code: 'no_template', why };
    }
    const data = Object.fromEntries(
      fillFields(template, card.parts).map(({ keyword, value }) => [keyword, { value }]),
    );
    const { msgId } = await platform.sendTemplate({
      openid,
      templateId: template.id,
      url: card.url,
      data,
      clientMsgId: String(deliveryId),
    });
    return { kind: 'sent', ref: msgId };
  }

  async function listForPreview() {
    if (!listed || clock.now() - listed.at >= TEMPLATES_TTL_MS) {
      const templates = await platform.listTemplates().catch(() => []);
      listed = { at: clock.now(), templates };
    }
    return listed.templates;
  }

  async function preview(message: MessageContent): Promise<CardPreview> {
    const templates = await listForPreview();
    const template = (await readChoice()) ?? chooseTemplate(settings, templates);
    const known = templates.find(({ id }) => id === template?.id);
    const { parts, url } = renderCard(message);
    const lines = template ? previewLines(template, parts, known?.content ?? '') : null;
    return { title: known?.title ?? '', lines, url };
  }

  const judge = createTemplateMisses();
  return {
    preview,
    id: 'wechat',
    title: { zh: '微信公众号', en: 'WeChat official account' },
    configFields: [],
    limits: { inFlight: deps.inFlight ?? 64 },
    repeatsOf: () => DROPPED_BY_WECHAT,
    accountOf: () => 'server',
    render: renderCard,
    send: async (card, _settings, recipient, io) => {
      const outcome = await send(card, recipient.address, io.deliveryId).catch((error: unknown) =>
        toOutcome(error, clock.now()),
      );
      return judge('server', outcome);
    },
  };
}

/** Draws a message as the parts of a card. A message without a title goes under its app's name. */
export function renderCard(message: MessageContent): WechatCard {
  return {
    parts: {
      title: message.title || message.appName,
      summary: message.summary || startOfPlainText(message.body, message.format, SUMMARY_LENGTH),
      time: formatChinaTime(message.createdAt),
      app: message.appName,
      sender: message.appName,
    },
    url: message.pageUrl,
  };
}
