/** What the remote sides of channels make of a message that they get a second time, where several channels share it. */
import type { Repeats } from '#src/core/types.js';

/** It is shown again: robots, phones and mailboxes that know no repeats. */
export const SHOWN_AGAIN: Repeats = { kind: 'shown' };

const MINUTE_MS = 60_000;

/**
 * WeChat shows one `client_msg_id` to one openid once within ten minutes (its documentation of template/send). A minute is
 * left for what lies between our clock and its own: getting a token, the line, the platform's queue.
 */
export const DROPPED_BY_WECHAT: Repeats = { kind: 'dropped', forMs: 9 * MINUTE_MS };
