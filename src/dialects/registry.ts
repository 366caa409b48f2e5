/** The list of all dialects. A new one is a folder and a line here. */
import type { Core } from '#src/core/index.js';
import { createBark } from './bark/index.js';
import type { Dialect } from './dialect.js';
import { createGotify } from './gotify/index.js';
import { createNtfy } from './ntfy/index.js';
import { createPushDeer } from './pushdeer/index.js';
import { createPushplus } from './pushplus/index.js';
import { createServerchan } from './serverchan/index.js';
import { createWecomNotify } from './wecom-notify/index.js';
import { createWxpusher } from './wxpusher/index.js';

export { DIALECT_FEATURES, type Dialect, type DialectFeature, type DialectRoute } from './dialect.js';

/** Makes all dialects, in the order in which they are asked. */
export function createDialects(core: Core): readonly Dialect[] {
  return [
    createWxpusher(core),
    createServerchan(core),
    createPushplus(core),
    createWecomNotify(core),
    createBark(core),
    createPushDeer(core),
    createNtfy(core),
    createGotify(core),
  ];
}
