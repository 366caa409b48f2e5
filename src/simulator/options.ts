/** What a simulator is made with, and the account that a fresh one has. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '#src/lib/clock.js';
import type { Logger } from '#src/lib/logger.js';
import { decodeAesKey } from '#src/lib/message-crypto.js';
import type { MemoryStore } from './memory.js';

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
  /** The server URL of the WeCom app, where members' messages go; without it nothing is pushed. */
  wecomPushTo?: string;
  /** Signs the WeCom app's pushes. */
  wecomToken?: string;
  /** 43 characters; encrypts the WeCom app's pushes. */
  wecomAesKey?: string;
  /** The address under which the simulator's own paths are reached, no trailing slash. */
  publicUrl: string;
  /** Host names by which the phone page and the control API may be asked for, besides loopback ones, addresses and `publicUrl`'s. */
  allowedHosts?: readonly string[];
  /** Where the mail server listens on the loopback; 0 picks a free port, without it there is no mail server. */
  smtpPort?: number;
  /** Where people and codes are remembered for the next run; without it they are forgotten. */
  memory?: MemoryStore;
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
  wecomToken: 'simwecomtoken',
  wecomAesKey: 'ZYXWVUTSRQPONMLKJIHGFEDCBA9876543210zyxwvuE',
} as const satisfies Partial<SimulatorOptions>;

/** The checked options; the addresses may change while the simulator runs. */
export interface Settings {
  readonly appId: string;
  readonly secret: string;
  readonly token: string;
  /** 32 bytes. */
  readonly aesKey: Buffer;
  readonly mode: PushMode;
  readonly pushTimeoutMs: number;
  readonly smtpPort: number | undefined;
  readonly wecomToken: string;
  /** 32 bytes. */
  readonly wecomAesKey: Buffer;
  pushTo: string | undefined;
  wecomPushTo: string | undefined;
  publicUrl: string;
}

/** Checks options. Throws RangeError when an AES key is none. */
export function toSettings(options: SimulatorOptions): Settings {
  return {
    appId: options.appId,
    secret: options.secret,
    token: options.token,
    aesKey: decodeAesKey(options.aesKey),
    mode: options.mode,
    pushTimeoutMs: options.pushTimeoutMs ?? 5_000,
    smtpPort: options.smtpPort,
    wecomToken: options.wecomToken ?? simulatorDefaults.wecomToken,
    wecomAesKey: decodeAesKey(options.wecomAesKey ?? simulatorDefaults.wecomAesKey),
    pushTo: options.pushTo,
    wecomPushTo: options.wecomPushTo,
    publicUrl: options.publicUrl,
  };
}

/** Waits in real time without keeping the process alive for it. */
export async function realDelay(ms: number): Promise<void> {
  await sleep(ms, undefined, { ref: false });
}
