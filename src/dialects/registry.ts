/** The list of all dialects. A new one is a folder and a line here. */
import type { Core } from '#src/core/index.js';
import type { Dialect } from './dialect.js';
import { createWecomNotify } from './wecom-notify/index.js';
import { createWxpusher } from './wxpusher/index.js';

export type { Dialect, DialectRoute } from './dialect.js';

/** Makes all dialects, in the order in which they are asked. */
export function createDialects(core: Core): readonly Dialect[] {
  return [createWxpusher(core), createWecomNotify(core)];
}
