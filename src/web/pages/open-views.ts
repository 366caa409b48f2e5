/** Opens the folder of templates and assets for the pages. */
import { join } from 'node:path';
import { createView, type View } from '#src/lib/view.js';
import { type Assets, createAssets } from './assets.js';

/** The pages' view, whose templates know the assets' addresses, and the assets to mount. */
export interface OpenViews {
  view: View;
  assets: Assets;
}

/** Opens `dir` (views/), with its assets in `dir`/assets. Throws when it cannot be read. */
export function openViews(options: { dir: string }): OpenViews {
  const assets = createAssets({ dir: join(options.dir, 'assets') });
  return { assets, view: createView({ dir: options.dir, shared: { asset: assets.url } }) };
}
