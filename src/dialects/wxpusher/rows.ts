/** The rows of a send call's answer: one for each thing the caller named, each with its own result. */
import type { Published, Target } from '#src/core/types.js';
import { CODES } from './envelope.js';

/** Something the caller named: a target to publish to, or the reason why not. */
export interface Named {
  target: Target;
  /** Why it gets nothing; absent when it does. */
  refusal?: string;
}

/** One row as WxPusher writes it. A refused row has the ids 0, except the one that all rows share. */
export interface Row {
  uid: string | null;
  topicId: number | null;
  /** WxPusher's old name of the record; the same number. */
  messageId: number;
  messageContentId: number;
  sendRecordId: number;
  code: number;
  status: string;
}

/** The text of an accepted row; scripts compare it. */
const ACCEPTED = '创建发送任务成功';

/** What was named and is to be published to, in order. */
export function toTargets(named: readonly Named[]): Target[] {
  return named.filter((one) => one.refusal === undefined).map((one) => one.target);
}

/** Writes the rows, in the order of naming. `published` is null when there was nobody left to publish to. */
export function toRows(named: readonly Named[], published: Published | null): Row[] {
  const recordIds = [...(published?.recordIds ?? [])];
  return named.map(({ target, refusal }) => {
    const recordId = refusal === undefined ? (recordIds.shift() ?? 0) : 0;
    return {
      uid: target.uid ?? null,
      topicId: target.topicId ?? null,
      messageId: recordId,
      messageContentId: published?.messageId ?? 0,
      sendRecordId: recordId,
      code: refusal === undefined ? CODES.success : CODES.refused,
      status: refusal ?? ACCEPTED,
    };
  });
}
