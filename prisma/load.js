// Loads the program that run.cjs was asked for: a bundle in dist/, which is made anew where its sources changed, or a script.
import { existsSync, readFileSync } from 'node:fs';
import nodeModule from 'node:module';
import { join, resolve, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
/** `npm run runtime` leaves sources and tools behind: what was built is run as it is. */
const isBuilt = !existsSync(join(root, 'src')) && existsSync(dist);
const [node, , name = '', ...args] = process.argv;
const program = resolve(name);
// The program looks for its arguments where it would have them if it were run itself.
process.argv = [node, program, ...args];

// Whoever ends it while it starts ends it at once, also where it is the first process of a container, which no signal ends by
// itself: until it listens nothing is under way that an end could leave half done.
const quit = () => process.exit(0);
const SIGNALS = ['SIGTERM', 'SIGINT'];
for (const signal of SIGNALS) {
  process.on(signal, quit);
}

const missing = isBuilt ? [] : findMissingPackages();
if (missing.length > 0) {
  process.stderr.write(
    `缺少软件包，请先运行 npm ci Packages are missing, run npm ci first: ${missing.join(', ')}\n`,
  );
  process.exit(1);
}
try {
  await load();
} catch (error) {
  if (error?.code !== 'EMFILE' && error?.code !== 'ENFILE') {
    throw error;
  }
  process.stderr.write(
    `打开的文件太多，请提高上限（ulimit -n 或 systemd 的 LimitNOFILE） Too many open files: raise the limit (ulimit -n, or LimitNOFILE of systemd) (${error.message})\n`,
  );
  process.exit(1);
}
// A server has installed its own by now; a program that has none ends by a signal as any does.
for (const signal of SIGNALS) {
  process.off(signal, quit);
}

async function load() {
  if (!isBuilt) {
    await import('./ensure-build.js');
  }
  if (program.endsWith('.ts')) {
    await import('tsx');
  }
  const isKept = program.startsWith(dist + sep) && keepCompiled();
  await import(pathToFileURL(program).href);
  if (isKept) {
    // Node writes it at the end of a process, but servers are killed.
    nodeModule.flushCompileCache();
  }
}

/** Some of what package.json asks for and is not there: `npm ci` was forgotten, or ended early. */
function findMissingPackages() {
  const { dependencies = {} } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return Object.keys(dependencies)
    .filter((wanted) => !existsSync(join(root, 'node_modules', wanted, 'package.json')))
    .slice(0, 3);
}

/** Lets Node 22.12 and newer keep what V8 makes of the bundle: a tenth of a start's CPU time. */
function keepCompiled() {
  if (!nodeModule.flushCompileCache) {
    return false;
  }
  // What was compiled under other flags is thrown away, so they are set before anything is, not by lib/lean-wasm.ts alone.
  setFlagsFromString('--liftoff-only');
  nodeModule.enableCompileCache(join(dist, '.compiled'));
  return true;
}
