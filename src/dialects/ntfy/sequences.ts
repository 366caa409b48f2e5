/** Sequences of ntfy 2.16 and later: publishing in the place of an earlier message, taking it off, marking it as read. */
import type { Core } from '#src/core/index.js';
import type { KeyOwner } from '#src/core/keys.js';
import type { Published } from '#src/core/types.js';
import { type PersonDraft, publishToPeople } from '#src/dialects/person-push.js';
import type { Logger } from '#src/lib/logger.js';

/** What is done to what was published, as ntfy's answers call it. */
export type SequenceEvent = 'message_delete' | 'message_clear';

const SOURCE = 'ntfy';
/** Our message ids as ntfy shows them: a message that was given no sequence has its own id for one. */
const OWN_ID = /^0[\da-z]{11}$/;

/** Our id of a message as ntfy's answers have it: a number below 2^53 has eleven digits to the base 36. */
export function toNtfyId(messageId: number): string {
  return messageId.toString(36).padStart(12, '0');
}

/** Publishes a message in the place of those before it in its sequence. Throws as `publishToPeople` does. */
export async function publishInSequence(
  core: Core,
  owner: KeyOwner,
  { draft, name, log }: { draft: PersonDraft; name: string; log: Logger | undefined },
): Promise<Published> {
  const sequence = await beginSequence(core, owner, name);
  const published = await publishToPeople(core, [owner], { ...draft, sequence });
  await core.sequences.stopEarlier(sequence, published.messageId).catch((error: unknown) => {
    // The message is taken in: what of the earlier ones goes out still is the card that it takes the place of.
    log?.error('earlier messages of a sequence could not be stopped', { error });
  });
  return published;
}

/**
 * Takes a sequence back, or only marks it as read: cards of WeChat stay where they are, and those who receive by ntfy or
 * Bark have it done to their notification. Throws as `publishToPeople` does.
 */
export async function changeSequence(
  core: Core,
  owner: KeyOwner,
  { name, event }: { name: string; event: SequenceEvent },
): Promise<void> {
  const sequence = await beginSequence(core, owner, name);
  const isKnown =
    event === 'message_delete'
      ? await core.sequences.takeDown(sequence)
      : await core.sequences.isKnown(sequence);
  const channels = isKnown ? await listReplacing(core, owner.personId) : [];
  if (channels.length === 0) {
    await core.keyPace.countCall([owner.keyId]);
    return;
  }
  await publishToPeople(core, [owner], {
    source: SOURCE,
    body: event === 'message_delete' ? '撤回通知 Notification removed' : '通知已读 Notification read',
    format: 'text',
    extras: { ntfy: { event, sequence_id: name }, bark: { id: name, delete: '1' } },
    channels,
  });
}

async function beginSequence(core: Core, owner: KeyOwner, name: string): Promise<string> {
  const sequence = `${SOURCE}:${owner.keyId}:${name}`;
  const ownId = OWN_ID.test(name) ? Number.parseInt(name, 36) : 0;
  if (Number.isSafeInteger(ownId) && ownId > 0) {
    await core.sequences.adopt({ personId: owner.personId, source: SOURCE }, ownId, sequence);
  }
  return sequence;
}

/** The kinds of channel that somebody has which can change what they have shown. */
async function listReplacing(core: Core, personId: number): Promise<string[]> {
  const kinds = ['ntfy', 'bark'];
  const found = await Promise.all(kinds.map((kind) => core.channels.findChannel(personId, kind)));
  return kinds.filter((kind, at) => found[at]?.kind === kind);
}
