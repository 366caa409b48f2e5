/** A server with bugs planted on purpose: bundled with modules of broken/ in the place of the server's; TORTURE_BUG says which. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
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
  'trusting-start': 'store/claims',
  'false-success': 'store/outbox',
  'new-key': 'lib/secret-key',
  'blind-readiness': 'engine/readiness',
  'half-backup': 'store/backups',
  'proud-database': 'store/away',
  'bare-migration': 'store/migrate',
  forgetful: 'store/outbox',
  fragile: 'lib/safe-fetch',
  'late-resend': 'engine/doubts',
  'bold-retry': 'engine/results',
  'lazy-unknown': 'engine/results',
  'robbed-claim': 'store/outbox',
  'future-window': 'store/window-entries',
};

let planted: Promise<string> | null = null;

/** Bundles the server with every bug, each of which sleeps until TORTURE_BUG names it; returns the file to run. Throws for a bug that there is not. */
export async function plantBug(bug: string): Promise<string> {
  if (!PLACES[bug]) {
    throw new Error(`there is no bug called ${bug}`);
  }
  planted ??= plantAll();
  return planted;
}

async function plantAll(): Promise<string> {
  // Beside the packages, which a bundle looks for from its own place.
  const outdir = join(root, `node_modules/.qingniao-torture-${process.pid}`);
  for (const { path, text } of await bundle({ root, outdir, plugins: [putInPlace()] })) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  return join(outdir, 'main.js');
}

const NAMESPACE = 'planted';

/** Each module that a bug is in is asked for by way of one that chooses; that one and the broken ones get the sound module. */
function putInPlace(): Plugin {
  const places = [...new Set(Object.values(PLACES))];
  const soundOf = (place: string): string => join(root, 'src', `${place}.ts`);
  const names = places.map((place) => place.split('/').at(-1)).join('|');
  return {
    name: 'plant',
    setup(build) {
      build.onResolve({ filter: new RegExp(`/(${names})\\.(js|ts)$`) }, async (args) => {
        const { kind, importer, resolveDir, pluginData } = args;
        if (pluginData === NAMESPACE) {
          return null;
        }
        const found = await build.resolve(args.path, { kind, importer, resolveDir, pluginData: NAMESPACE });
        const place = places.find((one) => soundOf(one) === found.path);
        const isAskedByUs = args.namespace === NAMESPACE || importer.includes('/torture/broken/');
        return place && !isAskedByUs ? { path: place, namespace: NAMESPACE } : found;
      });
      build.onLoad({ filter: /.*/, namespace: NAMESPACE }, ({ path }) => ({
        contents: chooseModule(path, soundOf(path)),
        resolveDir: root,
      }));
    },
  };
}

/** A module with the exports of the sound one, which come from the bug that the environment names where it is in this module. */
function chooseModule(place: string, sound: string): string {
  const bugs = Object.keys(PLACES).filter((bug) => PLACES[bug] === place);
  const exported = [
    ...readFileSync(sound, 'utf8').matchAll(/^export (?:async )?(?:function\*?|const|class) (\w+)/gm),
  ];
  return `import * as sound from ${JSON.stringify(sound)};
${bugs.map((bug, at) => `import * as bug${at} from './torture/broken/${bug}.js';`).join('\n')}
const chosen = { ${bugs.map((bug, at) => `${JSON.stringify(bug)}: bug${at}`).join(', ')} }[process.env.TORTURE_BUG] ?? sound;
export * from ${JSON.stringify(sound)};
${exported.map(([, name]) => `export const ${name} = chosen.${name};`).join('\n')}
`;
}
