// Makes one file of each program in src/ and of all that it imports, packages too. Reading and linking a thousand small files
// takes a second at every start; a bundle takes a third of that.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { decode, encode } from '@jridgewell/sourcemap-codec';
import { build } from 'esbuild';

/** What runs as a process or thread of its own; those that there are of these. */
const PROGRAMS = [
  'main',
  'restore',
  'check-data',
  'rotate-key',
  'rotate-key',
  'simulator/main',
  'store/sqlite-thread',
  'store/backup-process',
  'web/pages/render-thread',
];

/** Packages that are more than JavaScript: they find files of theirs by their own place. */
const EXTERNAL = ['libsql', 'pg-native'];

/** CommonJS packages look for Node's own modules and for their place by these names, which modules do not have. */
const COMMONJS = `import { createRequire as $require } from 'node:module';
import { dirname as $dirname } from 'node:path';
import { fileURLToPath as $path } from 'node:url';
const require = $require(import.meta.url);
const __filename = $path(import.meta.url);
const __dirname = $dirname(__filename);`;

/** A line that is no comment and has a tagged template beyond ASCII. */
const TAGGED_BEYOND_ASCII = /^(?!\s*(?:\/\/|\*)).*[\w$)\]]`[^`\n]*[^\0-\x7f]/m;

/** Returns the files for `outdir`, each with its path and contents; nothing is written. */
export async function bundle({ root, outdir, plugins = [] }) {
  const { outputFiles } = await build({
    entryPoints: PROGRAMS.map((name) => join(root, 'src', `${name}.ts`)).filter((path) => existsSync(path)),
    absWorkingDir: root,
    outbase: join(root, 'src'),
    outdir,
    bundle: true,
    splitting: true,
    external: EXTERNAL,
    banner: { js: COMMONJS },
    format: 'esm',
    platform: 'node',
    target: 'node20',
    legalComments: 'none',
    sourcemap: true,
    sourcesContent: false,
    write: false,
    logLevel: 'error',
    plugins,
  });
  return outputFiles.map(({ path, text }) => ({
    path,
    text: path.endsWith('.map') ? keepOwnLines(text) : toAscii(text),
  }));
}

/**
 * Keeps of a source map which line of ours each line comes from. Node parses the whole map for the first trace that leads
 * through a file, and any connection that breaks makes a trace: with every column of every package that took a quarter of
 * a second and 45 MB, for as long as the process lives.
 */
function keepOwnLines(text) {
  const map = JSON.parse(text);
  const isOwn = map.sources.map((source) => !source.includes('node_modules/'));
  let last = -1;
  const lines = decode(map.mappings).map((segments) => {
    const first = segments.find((segment) => segment.length > 1);
    if (!first) {
      return [];
    }
    const before = last;
    last = isOwn[first[1]] ? first[1] : -1;
    // What follows a line of ours up to the next one is ours too, so where a package begins it must be said.
    return last >= 0 ? [first.slice(0, 4)] : before >= 0 ? [[0]] : [];
  });
  return JSON.stringify({ ...map, names: [], mappings: encode(lines) });
}

/**
 * One character beyond Latin-1 makes V8 keep the whole source with two bytes a character, for as long as the process lives.
 * esbuild escapes those in strings and leaves them in regular expressions and comments, where an escape says the same, and in
 * tagged templates, whose tag may read an escape as it stands: a file with one of those keeps its two bytes.
 */
function toAscii(text) {
  return TAGGED_BEYOND_ASCII.test(text)
    ? text
    : text.replace(/[^\0-\x7f]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
