/** Where a file of this project is that runs as a process or thread of its own: always compiled. */
import { fileURLToPath, pathToFileURL } from 'node:url';

/** A file to run, with what Node must be told to run it. */
export interface OwnProgram {
  url: URL;
  execArgv: string[];
}

/**
 * The program `name` beside the module at `moduleUrl`. Where that module is a source (tests, tools), it is the compiled twin in
 * dist/, which whoever starts from sources compiles first (prisma/ensure-build.js): a loader would take half a second.
 */
export function programBeside(moduleUrl: string, name: string): OwnProgram {
  const url = new URL(`${name}.js`, moduleUrl);
  const compiled = moduleUrl.endsWith('.js') ? url : toCompiled(url);
  return { url: compiled, execArgv: ['--conditions=built'] };
}

const SOURCES = fileURLToPath(new URL('..', import.meta.url));

function toCompiled(url: URL): URL {
  const path = fileURLToPath(url);
  return pathToFileURL(path.replace(SOURCES, SOURCES.replace(/src(.)$/, 'dist$1')));
}
