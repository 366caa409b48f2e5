/** The connections to a chat robot's platform, and what all robots' answers have in common. */
import type { OutgoingProxy } from '#src/lib/outgoing-proxy.js';
import { createJsonHost, type JsonHost, type JsonHostConfig } from '#src/platforms/json-host.js';

/** Where a robot's platform answers, and how long to wait for it. */
export interface RobotDeps {
  /** Scheme, host and an optional path: the real platform, or a simulator. */
  base: string;
  /** What requests go through; absent: nothing. */
  proxy?: OutgoingProxy | null;
  /** Default 10,000. */
  timeoutMs?: number;
}

/** For one request, in milliseconds. */
export const ROBOT_TIMEOUT_MS = 10_000;

/** Makes the host; its code stands in one of the named fields, the first that has one. */
export function createRobotHost(
  config: Omit<JsonHostConfig, 'readCode'> & { codeFields: readonly string[] },
): JsonHost {
  const { codeFields, ...rest } = config;
  return createJsonHost({
    ...rest,
    readCode: (fields) => {
      const codes = codeFields.map((name) => fields[name]);
      return codes.find((code): code is number => typeof code === 'number' && Number.isInteger(code)) ?? null;
    },
  });
}
