/** What a simulator is made with, and the account that a fresh one has. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '#src/lib/clock.js';
import type { Logger } from '#src/lib/logger.js';
import { decodeAesKey } from '#src/lib/message-crypto.js';

/** The three ways in which WeChat writes its pushes: clear, clear and encrypted, encrypted only. */
export const PUSH_MODES = ['plain', 'compatible', 'safe'] as const;

/** One of the three push modes. */
export type PushMode = (typeof PUSH_MODES)[number];

/** What `createSimulator` needs. */
export interface SimulatorOptions {
  appId: string;
  secret: string;
  /** Signs the pushes. */
  token: string;
  /** 43 characters; encrypts the pushes. */
  aesKey: string;
  mode: PushMode;
  /** The server URL of the account, where pushes go; without it nothing is pushed. */
  pushTo?: string;
  /** The address under which the simulator's own paths are reached, no trailing slash. */
  publicUrl: string;
  /** Accepted for the mail server, which is not part of the simulator yet. */
  smtpPort?: number;
  clock: Clock;
  log: Logger;
  /** Waits in real time; tests give one that does not. */
  delay?: (ms: number) => Promise<void>;
  /** How long a push waits for its answer; WeChat cuts after 5 s. */
  pushTimeoutMs?: number;
}

/** The account that exists in a fresh simulator. */
export const simulatorDefaults = {
  appId: 'wx0000000000000001',
  secret: 'simsecret',
  token: 'simtoken',
  aesKey: '0123456789abcdefghijklmnopqrstuvwxyzABCDEFE',
  mode: 'plain',
} as const satisfies Partial<SimulatorOptions>;

/** The checked options; the two addresses may change while the simulator runs. */
export interface Settings {
  readonly appId: string;
  readonly secret: string;
  readonly token: string;
  /** 32 bytes. */
  readonly aesKey: Buffer;
  readonly mode: PushMode;
  readonly pushTimeoutMs: number;
  pushTo: string | undefined;
  publicUrl: string;
}

/** Checks options. Throws RangeError when the AES key is none. */
export function toSettings(options: SimulatorOptions): Settings {
  return {
    appId: options.appId,
    secret: options.secret,
    token: options.token,
    aesKey: decodeAesKey(options.aesKey),
    mode: options.mode,
    pushTimeoutMs: options.pushTimeoutMs ?? 5_000,
    pushTo: options.pushTo,
    publicUrl: options.publicUrl,
  };
}

/** Waits in real time without keeping the process alive for it. */
export async function realDelay(ms: number): Promise<void> {
  await sleep(ms, undefined, { ref: false });
}
