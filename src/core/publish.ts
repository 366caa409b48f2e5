/** The front desk: takes a message in. When it answers, the message is committed; nothing later changes that answer. */
import { createBatcher } from '#src/lib/batcher.js';
import { ID_STRIDE } from '#src/lib/ids.js';
import { countCodePoints, isHttpUrl } from '#src/lib/text.js';
import { mayBeCommitted } from '#src/store/group-commit.js';
import { insertMessages, type NewMessage } from '#src/store/messages.js';
import type { Backlog } from './backlog.js';
import type { CoreDeps } from './deps.js';
import type { Disk } from './disk.js';
import { AppError } from './errors.js';
import type { MessageCallbacks } from './message-callbacks.js';
import type { Storage } from './storage.js';
import type { PublishCommand, Published } from './types.js';

/** What any message may be, whatever the dialect; dialects may be stricter. Characters are code points. */
export const MESSAGE_LIMITS = { body: 40_000, title: 256, summary: 100, url: 1000 };

/** The most messages written with one commit. */
const MAX_BATCH = 200;

/** So many messages need not wait for more of the same moment: the database writes them while the others are being read. */
const EAGER_AT = 12;
/** Writes under way: while one waits for the disk the next is gathered and sent after it. */
const WRITES_AT_ONCE = 3;

const UNBOUNDED: Pick<Backlog, 'checkRoom' | 'noteAccepted'> = {
  checkRoom: async () => {},
  noteAccepted: () => {},
};

/** Who looks on while messages are taken in. */
export interface PublishWatch {
  /** Told of messages that are new. */
  onAccepted?: (messages: number) => void;
  /** Told of each call that is committed: its dialect and how long it took. */
  onCommitted?: (source: string, tookMs: number) => void;
  backlog?: Pick<Backlog, 'checkRoom' | 'noteAccepted'>;
  disk?: Pick<Disk, 'checkRoom'>;
  storage?: Pick<Storage, 'checkRoom' | 'note'>;
}

/** Takes a message in. */
export type Publish = (command: PublishCommand) => Promise<Published>;

/**
 * Makes the front desk. All messages of a moment share one committed write, so one receiver and a topic of a million cost
 * the same. Throws AppError (content_empty, content_too_long, field_too_long, bad_url, blocked_target, overloaded, disk_full, limit_full) before
 * anything is written.
 */
export function createPublish(
  { db, clock, newId, wake }: CoreDeps,
  messageCallbacks: Pick<MessageCallbacks, 'getId'>,
  { onAccepted = () => {}, onCommitted = () => {}, backlog = UNBOUNDED, disk, storage }: PublishWatch = {},
): Publish {
  const write = createBatcher({
    run: async (rows: NewMessage[]) => {
      // Nothing that can fail comes after it: what is refused must not go out.
      const first = await insertMessages(db, rows);
      wake();
      const ids = rows.map((row) => first.get(row.dedupeKey ?? '') ?? row.id);
      const accepted = rows.filter((row, at) => row.id === ids[at]).length;
      backlog.noteAccepted(accepted);
      onAccepted(accepted);
      return ids;
    },
    maxItems: MAX_BATCH,
    eagerAt: EAGER_AT,
    maxConcurrent: WRITES_AT_ONCE,
    isolates: (error) => !mayBeCommitted(db, error),
  });

  return async (command) => {
    const startedAt = performance.now();
    checkContent(command);
    await backlog.checkRoom();
    await disk?.checkRoom();
    const keepers = (await storage?.checkRoom(command)) ?? [];
    const { appId, callbackUrl, source } = command;
    const callbackId =
      appId !== null && callbackUrl ? await messageCallbacks.getId(appId, callbackUrl, source) : null;
    const reserved = newId(1 + command.targets.length);
    const messageId = await write(toRow(command, { id: reserved, now: clock.now(), callbackId }));
    storage?.note(keepers, command);
    onCommitted(source, performance.now() - startedAt);
    return { messageId, recordIds: command.targets.map((_, at) => messageId + (at + 1) * ID_STRIDE) };
  };
}

/** Refuses what can be no message, before anything is looked up or written. Throws as `publish` does. */
export function checkContent(
  command: Pick<PublishCommand, 'body' | 'bodyLimit' | 'title' | 'summary' | 'url'>,
): void {
  if (command.body.trim() === '') {
    throw new AppError('content_empty');
  }
  const limit = command.bodyLimit ?? MESSAGE_LIMITS.body;
  if (command.body.length > limit && countCodePoints(command.body) > limit) {
    throw new AppError('content_too_long', { limit });
  }
  for (const field of ['title', 'summary', 'url'] as const) {
    const value = command[field] ?? '';
    if (value.length > MESSAGE_LIMITS[field] && countCodePoints(value) > MESSAGE_LIMITS[field]) {
      throw new AppError('field_too_long', { field, limit: MESSAGE_LIMITS[field] });
    }
  }
  if (command.url && !isHttpUrl(command.url)) {
    throw new AppError('bad_url', { field: 'url' });
  }
}

function toRow(
  command: PublishCommand,
  { id, now, callbackId }: { id: number; now: number; callbackId: number | null },
): NewMessage {
  const people = [...new Set(command.audience.people)];
  const topics = [...new Set(command.audience.topics)];
  return {
    id,
    appId: command.appId,
    senderId: command.senderId ?? null,
    source: command.source,
    title: command.title ?? '',
    summary: command.summary ?? '',
    body: command.body,
    format: command.format,
    url: command.url ?? '',
    audience: JSON.stringify({ people, topics }),
    targets: JSON.stringify(command.targets),
    priority: command.priority ?? 0,
    channels: command.channels ? JSON.stringify(command.channels) : null,
    extras: command.extras ? JSON.stringify(command.extras) : null,
    dedupeKey: command.idempotencyKey
      ? `${command.appId ?? `p${command.senderId}`}:${command.idempotencyKey}`
      : null,
    sequence: command.sequence ?? null,
    createdAt: now,
    sendAt: command.sendAt?.getTime() ?? null,
    expiresAt: command.expiresAt?.getTime() ?? null,
    callbackId,
  };
}
