/** Takes a Bark push in, for one key or for many. */
import type { Context } from 'koa';
import { AppError } from '#src/core/errors.js';
import type { Core } from '#src/core/index.js';
import type { KeyOwner } from '#src/core/keys.js';
import { asWrongKey, judgeKey } from '#src/core/wrong-keys.js';
import { findOwners, livingOwners } from '#src/dialects/find-owners.js';
import { publishToPeople } from '#src/dialects/person-push.js';
import { isRemoval, toDraft } from './draft.js';
import { type BarkAnswer, BarkRefusal, SUCCESS, toUnknownKey } from './envelope.js';
import { type BarkParameters, readBatch, readParameters } from './read-parameters.js';

/** The most keys of a batch: every one is looked up before anybody is known to be allowed anything. */
export const MAX_BATCH = 200;

/** Answers a push; `segments` are the path's parts from the key on, still escaped. Throws BarkRefusal, BodyError, AppError. */
export async function push(core: Core, ctx: Context, segments: readonly string[]): Promise<BarkAnswer> {
  const { parameters, isV2 } = await readParameters(ctx, segments);
  const batch = isV2 ? readBatch(parameters) : [];
  return batch.length > 0 ? pushBatch(core, ctx, { parameters, keys: batch }) : pushOne(core, parameters);
}

async function pushOne(core: Core, parameters: BarkParameters): Promise<BarkAnswer> {
  const key = typeof parameters.device_key === 'string' ? parameters.device_key.trim() : '';
  if (key === '') {
    throw new BarkRefusal(400, 'device key is empty');
  }
  const owner = await core.keys.findOwner('bark', key);
  if (!owner) {
    throw asWrongKey(new BarkRefusal(400, `failed to get device token: ${toUnknownKey(key)}`));
  }
  await publish(core, [owner], parameters);
  return SUCCESS;
}

/** One row a key, in the caller's order; an unknown key fails alone. */
async function pushBatch(
  core: Core,
  ctx: Context,
  { parameters, keys }: { parameters: BarkParameters; keys: readonly string[] },
): Promise<BarkAnswer> {
  if (keys.length > MAX_BATCH) {
    throw new BarkRefusal(400, `batch push count exceeds the maximum limit: ${MAX_BATCH}`);
  }
  const found = await findOwners(core, 'bark', keys);
  await publish(core, livingOwners(found), parameters);
  const unknown = found.filter((owner) => owner === null).length;
  const judged = await judgeKey(ctx, asWrongKey(new BarkRefusal(400, 'unknown keys'), unknown));
  if (judged instanceof AppError && unknown === keys.length) {
    throw judged;
  }
  const data = keys.map((key, at) => {
    const owner = found[at] ?? null;
    if (owner === null) {
      return { code: 400, device_key: key, message: `failed to get device token: ${toUnknownKey(key)}` };
    }
    return owner instanceof AppError
      ? { code: owner.status, device_key: key, message: `${owner.zh} ${owner.en}` }
      : { code: 200, device_key: key };
  });
  return { ...SUCCESS, data };
}

async function publish(core: Core, owners: readonly KeyOwner[], parameters: BarkParameters): Promise<void> {
  const removal = isRemoval(parameters);
  const readers = removal ? await keepBarkOwners(core, owners) : owners;
  const [first, ...others] = readers;
  if (first) {
    const draft = toDraft(parameters);
    await publishToPeople(core, [first, ...others], removal ? { ...draft, channels: ['bark'] } : draft);
  }
}

/** Only who receives by Bark has a notification that can be taken off. */
async function keepBarkOwners(core: Core, owners: readonly KeyOwner[]): Promise<KeyOwner[]> {
  const channels = await Promise.all(
    owners.map((owner) => core.channels.findChannel(owner.personId, 'bark')),
  );
  return owners.filter((_, at) => channels[at]?.kind === 'bark');
}
