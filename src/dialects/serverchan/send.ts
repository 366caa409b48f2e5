/** Sending: whoever holds a person's SendKey reaches that person. */
import type { Context } from 'koa';
import type { Core } from '#src/core/index.js';
import type { KeyOwner } from '#src/core/keys.js';
import { MESSAGE_LIMITS } from '#src/core/publish.js';
import type { MessageExtras } from '#src/core/types.js';
import { takeCodePoints } from '#src/lib/text.js';
import { readRouting } from './channel-codes.js';
import { type Draft, MAX_BODY, readDraft } from './draft.js';
import { type Answer, type Generation, Refusal, toAccepted, wrongKey } from './envelope.js';
import { createLimits } from './limits.js';
import type { Plan } from './plans.js';
import { type Fields, readFields } from './read-fields.js';
import { createRepeats } from './repeats.js';

/** What stands before a read key, as before a SendKey. */
export const READ_KEY_PREFIX = 'SCT';

const DAY_MS = 24 * 3_600_000;

/** One call of the send interface. */
export interface SendCall {
  ctx: Context;
  key: string;
  /** How it is read and answered. */
  generation: Generation;
}

/** Whom a key stands for, or null; both kinds of key are known by their beginnings. */
export async function findOwner(core: Core, key: string): Promise<KeyOwner | null> {
  if (!/^sct(?:p\d+t)?[A-Za-z\d]{5,100}$/i.test(key)) {
    return null;
  }
  return /^sctp/i.test(key) ? core.keys.findOwner('sendkey3', key) : core.keys.findOwner('sendkey', key);
}

/** Makes the verb. Its promise is the answer; it throws Refusal, AddressBlocked. */
export function createSend(core: Core): (call: SendCall) => Promise<Answer> {
  const limits = createLimits(core);
  const noteContent = createRepeats(core.uses);

  return async ({ ctx, key, generation }) => {
    const owner = await findOwner(core, key);
    if (!owner) {
      throw wrongKey();
    }
    if (ctx.method !== 'GET' && ctx.method !== 'POST') {
      throw new Refusal('INPUT', '只支持 GET 和 POST', 405);
    }
    const { personId, keyId, uid } = owner;
    const ip = ipOf(ctx);
    const plan = await limits.readPlan(personId);
    if (plan) {
      await limits.countCall({ personId, keyId, ip }, plan);
    }
    const fields = await readFields(ctx);
    const draft = readDraft(fields, generation);
    const asked = generation === 'turbo' ? fields : {};
    const routing = await readRouting(core, personId, {
      channel: asked.channel,
      openid: plan?.hasCc === false ? undefined : asked.openid,
    });
    const forget =
      generation === 'legacy' ? await noteContent(keyId, [draft.title, draft.body]) : async () => {};
    try {
      if (plan) {
        await limits.countMessage({ personId, keyId, ip }, plan);
      }
      const { messageId } = await core.publish({
        appId: null,
        senderId: personId,
        title: draft.title,
        summary:
          plan?.hasCardText === false
            ? takeCodePoints(draft.title, MESSAGE_LIMITS.summary, '…')
            : draft.summary,
        body: draft.body,
        bodyLimit: MAX_BODY,
        format: draft.format,
        audience: { people: [personId], topics: [] },
        targets: [{ uid }],
        ...(routing.channels ? { channels: routing.channels } : {}),
        extras: {
          ...routing.extras,
          ...toExtras(draft, { key, plan, ip: showsIp(fields, generation) ? ip : '', now: core.clock.now() }),
        },
        source: 'serverchan',
      });
      return toAccepted(generation, messageId, READ_KEY_PREFIX + core.messages.readKeyOf(messageId));
    } catch (error) {
      await forget();
      throw error;
    }
  };
}

/** What is kept with a message, for its page and for the status call. */
function toExtras(
  draft: Draft,
  facts: { key: string; plan: Plan | null; ip: string; now: number },
): MessageExtras {
  const account = /^sctp?(\d+)t/i.exec(facts.key)?.[1] ?? '';
  return {
    ...(draft.tags.length > 0 ? { ntfy: { tags: draft.tags } } : {}),
    serverchan: {
      account,
      ...(facts.ip === '' ? {} : { ip: facts.ip }),
      ...(draft.isSealed ? { encoded: true, ivSeed: `SCT${account}` } : {}),
      ...(draft.isTitleOnly ? { titleOnly: true } : {}),
      ...(draft.tags.length > 0 ? { tags: draft.tags } : {}),
      ...(facts.plan ? { keptUntil: facts.now + facts.plan.keptDays * DAY_MS } : {}),
    },
  };
}

/** Turbo alone shows where a message comes from, unless it is asked not to. */
function showsIp({ noip }: Fields, generation: Generation): boolean {
  return generation === 'turbo' && !/^(?:1|true)$/i.test(noip?.trim() ?? '');
}

/** The caller's address; IPv4 as people write it. */
function ipOf(ctx: Context): string {
  return ctx.ip.replace(/^::ffff:(?=\d+\.)/i, '');
}
