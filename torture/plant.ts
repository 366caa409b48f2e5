/** Servers with a bug planted on purpose: bundled with a module of broken/ in the place of one of the server's. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'esbuild';
import { bundle } from '#prisma/bundle.js';

const root = fileURLToPath(new URL('../', import.meta.url));

/** The module that each bug is in, by its path in src/. */
const PLACES: Readonly<Record<string, string>> = {
  'early-answer': 'store/messages',
  'ignored-claim': 'store/claims',
  'kept-claim': 'store/claims',
  'false-success': 'store/outbox',
};

/** Bundles the server with `bug`; returns the file to run. Throws for a bug that there is not. */
export async function plantBug(bug: string): Promise<string> {
  const place = PLACES[bug];
  if (!place) {
    throw new Error(`there is no bug called ${bug}`);
  }
  const broken = join(root, `torture/broken/${bug}.js`);
  // Beside the packages, which a bundle looks for from its own place.
  const outdir = join(root, 'node_modules/.qingniao-torture', bug);
  for (const { path, text } of await bundle({ root, outdir, plugins: [putInPlace(place, broken)] })) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  return join(outdir, 'main.js');
}

/** The broken module itself still gets the sound one. */
function putInPlace(place: string, broken: string): Plugin {
  const sound = join(root, 'src', `${place}.ts`);
  return {
    name: 'plant',
    setup(build) {
      build.onResolve({ filter: new RegExp(`/${place.split('/').at(-1)}\\.js$`) }, async (args) => {
        if (args.pluginData === broken) {
          return null;
        }
        const { kind, importer, resolveDir } = args;
        const found = await build.resolve(args.path, { kind, importer, resolveDir, pluginData: broken });
        return found.path === sound && importer !== broken ? { path: broken } : found;
      });
    },
  };
}
