/** Sending: `/send` by one channel, `/batchSend` by several. */
import type { Context } from 'koa';
import type { Core } from '#src/core/index.js';
import type { KeyOwner } from '#src/core/keys.js';
import type { PublishCommand } from '#src/core/types.js';
import { asWrongKey } from '#src/core/wrong-keys.js';
import { readReceivers } from './audience.js';
import { type ChannelName, findWay, readChannel } from './channels.js';
import { type Draft, readDraft } from './draft.js';
import { CODES, invalid, Refusal, wrongToken } from './envelope.js';
import { createLimits, readPlan, SOURCE } from './limits.js';
import type { Plan } from './plans.js';
import { readInput, type SendInput } from './read-input.js';
import { defaultOf, readSettings } from './settings.js';

/** One line of the answer of a batch. */
export interface BatchRow {
  shortCode: string;
  message: string;
  code: number;
  channel: string;
}

/** Somebody who may send, with what they ask. */
interface Caller {
  owner: KeyOwner;
  plan: Plan | null;
  input: SendInput;
}

/** Where one message goes. */
interface Place {
  channel: ChannelName | null;
  option: string;
}

const MAX_BATCH = 5;

/** Makes the verbs; they throw Refusal, AppError, BodyError. `toRow` writes the refusal of one line of a batch. */
export function createSend(core: Core) {
  const limits = createLimits(core);

  /** Sends one message; returns its short code. */
  async function send(ctx: Context, pathToken: string | undefined): Promise<string> {
    const caller = await admit(ctx, pathToken);
    const { input } = caller;
    const place = await choosePlace(caller, {
      channel: input.channel,
      option: input.option ?? input.webhook,
    });
    return withContent(caller, (draft) => sendOne(caller, draft, place));
  }

  /** Sends one message by each of several channels; a channel that refuses does not hold up the others. */
  async function batchSend(
    ctx: Context,
    pathToken: string | undefined,
    toRefusal: (error: unknown) => Refusal,
  ): Promise<BatchRow[]> {
    const caller = await admit(ctx, pathToken);
    const places = readPlaces(caller.input);
    if (places.length > MAX_BATCH) {
      throw invalid(`channel 最多 ${MAX_BATCH} 个`);
    }
    return withContent(caller, async (draft) => {
      const rows: BatchRow[] = [];
      for (const place of places) {
        rows.push(await sendRow(caller, draft, place, toRefusal));
      }
      return rows;
    });
  }

  async function sendRow(
    caller: Caller,
    draft: Draft,
    { channel, option }: { channel: string; option: string },
    toRefusal: (error: unknown) => Refusal,
  ): Promise<BatchRow> {
    try {
      const shortCode = await sendOne(caller, draft, await choosePlace(caller, { channel, option }));
      return { shortCode, message: '请求成功', code: CODES.ok, channel };
    } catch (error) {
      const { code, message, data } = toRefusal(error);
      return { shortCode: '', message: typeof data === 'string' ? data : message, code, channel };
    }
  }

  /** Lets in who holds a token and stays within their plan. */
  async function admit(ctx: Context, pathToken: string | undefined): Promise<Caller> {
    const input = await readInput(ctx, pathToken);
    const token = input.token?.trim() ?? '';
    const owner = /^[\da-f]{32}$/i.test(token)
      ? await core.keys.findOwner('pushplus', token.toLowerCase())
      : null;
    if (!owner) {
      throw asWrongKey(wrongToken(), token === '' ? 0 : 1);
    }
    const plan = await readPlan(core, owner.personId);
    if (plan) {
      await limits.countCall(owner.personId, plan);
    }
    const { isSend } = await readSettings(core, owner.personId);
    if (!isSend) {
      throw new Refusal(CODES.restricted, '账号已关闭发送消息功能');
    }
    return { owner, plan, input };
  }

  /** What the call names, else what its token or account has chosen. Counts the message, whatever becomes of it. */
  async function choosePlace(
    { owner, plan }: Caller,
    named: { channel?: string | undefined; option?: string | undefined },
  ): Promise<Place> {
    const asked = readChannel(named.channel);
    const chosen = asked
      ? null
      : defaultOf(await readSettings(core, owner.personId), owner.name === '' ? 0 : owner.keyId);
    const channel = asked ?? readChannel(chosen?.channel);
    if (plan && channel !== 'sms') {
      await limits.countMessage(owner.personId, channel ?? 'wechat', plan);
    }
    return { channel, option: (named.option ?? chosen?.option ?? '').trim() };
  }

  /** Reads what is said, and keeps it from being said too often. */
  async function withContent<T>(caller: Caller, run: (draft: Draft) => Promise<T>): Promise<T> {
    const { owner, plan, input } = caller;
    const draft = readDraft(input, plan, core.clock.now());
    const said = [draft.title, input.content, input.topic ?? '', input.to ?? ''];
    const forget = plan ? await limits.noteContent(owner.personId, said, plan) : async () => {};
    try {
      return await run(draft);
    } catch (error) {
      await forget();
      throw error;
    }
  }

  async function sendOne(caller: Caller, draft: Draft, { channel, option }: Place): Promise<string> {
    const { owner, plan, input } = caller;
    const { id: spaceId } = await core.spaces.getSpace(owner.personId);
    const { isSelf, members, ...receivers } = await readReceivers(core, owner, {
      input,
      spaceId,
      channel,
      plan,
    });
    const way = await findWay(core, owner.personId, { channel, option, isSelf, members });
    const { template, ...content } = draft;
    const command: PublishCommand = {
      ...content,
      ...receivers,
      ...(way.channels ? { channels: way.channels } : {}),
      appId: spaceId,
      senderId: owner.personId,
      extras: { ...way.extras, pushplus: { channel: channel ?? 'wechat', template } },
      source: SOURCE,
    };
    const publish = async () => (await core.publish(command)).messageId;
    const cost = way.price * command.audience.people.length;
    const messageId = await (cost > 0 ? core.points.spend(owner.personId, cost, publish) : publish());
    return core.shortCodes.encode('message', messageId);
  }

  return { send, batchSend };
}

/** The channels of a batch with their options, one to one; between two commas there is no channel. */
function readPlaces({ channel = '', option, webhook }: SendInput): { channel: string; option: string }[] {
  const options = split(option ?? webhook ?? '');
  const places = split(channel).map((one, at) => ({ channel: one, option: options[at] ?? '' }));
  const named = places.filter((place) => place.channel !== '');
  return named.length > 0 ? named : [{ channel: 'wechat', option: '' }];
}

function split(list: string): string[] {
  return list.split(/[,，]/).map((one) => one.trim());
}
