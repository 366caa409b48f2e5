/** How long a card speaks for the later messages of its sequence. */

/**
 * In milliseconds. After it the next message is a card again, so that who uses one name for ever is not heard just once. It
 * is how long ntfy keeps a message.
 */
export const SEQUENCE_MS = 12 * 3_600_000;
