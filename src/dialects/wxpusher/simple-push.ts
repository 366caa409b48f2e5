/** The simple push: whoever holds a receiver's own token (SPT) sends to that receiver; no app takes part. */
import { AppError } from '#src/core/errors.js';
import type { Core } from '#src/core/index.js';
import { asWrongKey } from '#src/core/wrong-keys.js';
import { findOwners, livingOwners } from '#src/dialects/find-owners.js';
import { unescapeAll } from '#src/lib/form-fields.js';
import { type ContentFields, toDraft } from './draft.js';
import { type Call, CODES, type Reply } from './envelope.js';
import { Refusal } from './errors.js';
import { type Named, toRows, toTargets } from './rows.js';
import { parseFields, simplePushSchema } from './schema.js';

/** WxPusher's limit of one call. */
const MAX_SPTS = 10;

/** The calls of the simple push. */
export function createSimplePushCalls(core: Core): Call[] {
  return [
    {
      method: 'POST',
      path: '/api/send/message/simple-push',
      run: ({ fields }) => {
        const parsed = parseFields(simplePushSchema, fields);
        const { spt = [], sptList = [], simplePushToken = [], simplePushTokenList = [] } = parsed;
        return push(core, [...spt, ...sptList, ...simplePushToken, ...simplePushTokenList], parsed);
      },
    },
    {
      method: 'GET',
      path: '/api/send/message/:spt/*content',
      run: ({ path }) => {
        const { spt, content } = readPath(path);
        return push(core, [spt], { content });
      },
    },
  ];
}

/**
 * Reads the two parts from the path as it came, so that slashes of a content stay part of it, encoded, doubled or not. A plus
 * is no space in a path. Throws BodyError for bytes that are no text.
 */
function readPath(path: string): { spt: string; content: string } {
  const [, ...parts] = /\/api\/+send\/+message\/+([^/]*)\/+(.*)$/is.exec(path) ?? [];
  const [spt = '', content = ''] = unescapeAll(parts.map((part) => part.replaceAll('+', '%2B')));
  return { spt, content };
}

async function push(core: Core, given: readonly string[], fields: ContentFields): Promise<Reply> {
  const draft = toDraft(fields);
  const spts = [...new Set(given.map((spt) => spt.trim()))];
  if (spts.length === 0) {
    throw new AppError('no_target');
  }
  if (spts.length > MAX_SPTS) {
    throw new AppError('too_many_targets', { field: 'sptList', limit: MAX_SPTS });
  }
  const found = await findOwners(core, 'spt', spts);
  const named = found.map((owner): Named => {
    if (owner === null || owner instanceof AppError) {
      return { target: {}, refusal: owner?.zh ?? 'SPT不正确' };
    }
    return { target: { uid: owner.uid } };
  });
  const people = livingOwners(found).map(({ personId }) => personId);
  const senderId = people[0];
  if (senderId === undefined) {
    throw asWrongKey(new Refusal(CODES.refused, 'SPT不正确'), spts.length);
  }
  const published = await core.publish({
    appId: null,
    senderId,
    ...draft,
    audience: { people, topics: [] },
    targets: toTargets(named),
    source: 'wxpusher',
  });
  return { data: toRows(named, published) };
}
