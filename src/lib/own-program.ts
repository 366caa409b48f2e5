/** Where a file of this project is that runs as a process or thread of its own, compiled or not. */
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

/** A file to run, with what Node must be told to run it. */
export interface OwnProgram {
  url: URL;
  execArgv: string[];
}

/**
 * The program `name` beside the module at `moduleUrl`: compiled where that one is compiled (`npm start`), else the source
 * with the loader that compiles while it runs (tests, tools).
 */
export function programBeside(moduleUrl: string, name: string): OwnProgram {
  if (moduleUrl.endsWith('.js')) {
    return { url: new URL(`${name}.js`, moduleUrl), execArgv: ['--conditions=built'] };
  }
  const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  return { url: new URL(`${name}.ts`, moduleUrl), execArgv: ['--import', loader] };
}
