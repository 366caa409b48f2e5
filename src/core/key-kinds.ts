/** The kinds of key, one for each dialect and one for the management API, and what a new one looks like. */
import { randomHex, randomLowerText, randomText } from '#src/lib/ids.js';

/** The kinds of key, and how a new one is made. `n` is a number that makes it recognisable, not a secret. */
const KINDS = {
  sendkey: (n: number) => `SCT${n}T${randomText(30)}`,
  sendkey3: (n: number) => `sctp${n}t${randomLowerText(30)}`,
  pushplus: () => randomHex(16),
  spt: () => `SPT_${randomText(28)}`,
  bark: () => randomText(22),
  pushdeer: (n: number) => `PDU${n}T${randomText(28)}`,
  ntfy: () => `qn${randomLowerText(22)}`,
  // As long as gotify's were until its third release: some senders check that before they ask.
  gotify: () => `A${randomText(14)}`,
  personal: () => `QN_${randomText(32)}`,
  /** Made by the program itself, for a while (see open-access). */
  access: () => randomHex(16),
} satisfies Record<string, (n: number) => string>;

/** A kind of key. */
export type KeyKind = keyof typeof KINDS;

/** A kind that people make and see. */
export type OwnKeyKind = Exclude<KeyKind, 'access'>;

/** Those kinds, in the order that lists show them. */
export const KEY_KINDS = (Object.keys(KINDS) as KeyKind[]).filter(
  (kind): kind is OwnKeyKind => kind !== 'access',
);

/** Whether there is a kind of this name. */
export function isKind(kind: string): kind is KeyKind {
  return Object.hasOwn(KINDS, kind);
}

/** A new key. `number` makes it recognisable, where its kind has one. */
export function makeKey(kind: KeyKind, number: number): string {
  return KINDS[kind](number);
}
