/** The secret keys that a server opens things with: its own, and while keys are exchanged the one before; one of them seals. */
import { createSecretBox, type SecretBox, SecretBoxError } from './secret-box.js';
import { deriveKey, keyMarkOf } from './secret-key.js';

/** What things are made with and known by, from all keys. */
export interface KeyRing extends SecretBox {
  /** The mark of the server's own key, the one that is to stay. */
  readonly ownMark: string;
  /** The marks of all keys. */
  readonly marks: readonly string[];
  /** The mark of the key that seals and signs now. */
  readonly mark: string;
  /** From now on the key of this mark seals and signs; a mark of no key here changes nothing. */
  follow(mark: string): void;
  /** Keys of their own for one purpose: the first makes new things, all of them know old ones. */
  keysFor(purpose: KeyPurpose): readonly Buffer[];
  /** A sealed text, sealed with the key that seals now; null for one that is already. Throws SecretBoxError where no key opens it. */
  reseal(sealed: string): string | null;
}

/** `hash` names things by a hash that nobody can make up; `sign` is for what a browser brings back. */
export type KeyPurpose = 'hash' | 'sign';

interface RingKey {
  mark: string;
  box: SecretBox;
  keys: Readonly<Record<KeyPurpose, Buffer>>;
}

/** Makes a ring of the server's own key and, where there is one, the key before it. */
export function createKeyRing(own: Buffer, previous: Buffer | null = null): KeyRing {
  const first = toRingKey(own);
  const all = previous === null || previous.equals(own) ? [first] : [first, toRingKey(previous)];
  let active = first;
  let ordered = orderKeys(all, active);
  return {
    ownMark: first.mark,
    marks: all.map(({ mark }) => mark),
    get mark() {
      return active.mark;
    },
    follow: (mark) => {
      active = all.find((key) => key.mark === mark) ?? active;
      ordered = orderKeys(all, active);
    },
    keysFor: (purpose) => ordered[purpose],
    seal: (plain) => active.box.seal(plain),
    open: (sealed) => openByAny(all, sealed),
    reseal: (sealed) => (opens(active, sealed) ? null : active.box.seal(openByAny(all, sealed))),
  };
}

function toRingKey(key: Buffer): RingKey {
  return {
    mark: keyMarkOf(key),
    box: createSecretBox(deriveKey(key, 'box')),
    keys: { hash: deriveKey(key, 'hash'), sign: deriveKey(key, 'sign') },
  };
}

function orderKeys(all: readonly RingKey[], active: RingKey): Record<KeyPurpose, readonly Buffer[]> {
  const ordered = [active, ...all.filter((key) => key !== active)];
  return { hash: ordered.map(({ keys }) => keys.hash), sign: ordered.map(({ keys }) => keys.sign) };
}

/** The last key's complaint is as good as any. */
function openByAny(all: readonly RingKey[], sealed: string): string {
  const key = all.find((one) => opens(one, sealed)) ?? all.at(-1);
  if (!key) {
    throw new SecretBoxError('there is no key');
  }
  return key.box.open(sealed);
}

function opens({ box }: RingKey, sealed: string): boolean {
  try {
    box.open(sealed);
    return true;
  } catch (error) {
    if (error instanceof SecretBoxError) {
      return false;
    }
    throw error;
  }
}
