// Which files of node_modules the bundle in dist/ still needs: packages that are more than JavaScript, and scripts that pages load.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Packages that the bundle leaves outside, for each with all that it needs itself. */
const WHOLE = ['libsql'];
/** Scripts that the server reads as files and hands to browsers (src/web/pages/assets.ts). */
const SCRIPTS = ['dompurify/dist/purify.min.js', 'markdown-it/dist/markdown-it.min.js'];

/** Paths below node_modules, folders and files, that run beside the bundle on this machine. */
export function listRuntimePackages(root) {
  const found = new Set();
  const open = [...WHOLE];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (found.has(name) || !existsSync(join(root, 'node_modules', name)) || isForOtherLibc(name)) {
      continue;
    }
    found.add(name);
    const { dependencies = {}, optionalDependencies = {} } = readPackage(root, name);
    open.push(...Object.keys(dependencies), ...Object.keys(optionalDependencies));
  }
  const scripts = SCRIPTS.flatMap((path) => [join(path, '../../package.json'), path]);
  return [...found, ...scripts];
}

/** A package's own package.json. */
export function readPackage(root, name) {
  return JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8'));
}

/** npm installs the binaries of both C libraries of Linux; one of them can be loaded. */
function isForOtherLibc(name) {
  const isGnu = process.report.getReport().header.glibcVersionRuntime !== undefined;
  return (isGnu ? /-musl(eabihf)?$/ : /-gnu(eabihf)?$/).test(name);
}
