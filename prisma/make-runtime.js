// `npm run runtime -- FOLDER`: copies what runs, and nothing that builds: the bundle, the views, the migrations, the documentation and
// the few packages that cannot be bundled. 40 MB instead of 550, without compiler, sources or package manager.
import { cpSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import './ensure-build.js';
import { listLicences, writeNotices } from './licences.js';
import { listRuntimePackages } from './runtime-packages.js';

const root = fileURLToPath(new URL('..', import.meta.url));
/** What is taken as it stands. load.js runs what was built where there are no sources. */
const TAKEN = [
  'dist',
  'docs',
  'views',
  'prisma/migrations',
  'prisma/fit.cjs',
  'prisma/load.js',
  'prisma/run.cjs',
  'bench/README.md',
  'torture/README.md',
  'package.json',
];
/** Of dist/ and docs/: marks of the build, and the scripts that make tables and pictures. */
const LEFT = /\/(?:dist\/\.[\w-]+|docs\/[\w-]+\.ts)$/;

const [target] = process.argv.slice(2);
if (!target || existsSync(target)) {
  process.stderr.write(
    '用法 Usage: npm run runtime -- FOLDER（还不存在的文件夹 which must not exist yet）\n',
  );
  process.exit(1);
}
const out = resolve(target);
const texts = readdirSync(root).filter((name) => /^[A-Z]+\.md$/.test(name));
const packages = listRuntimePackages(root).map((path) => `node_modules/${path}`);
for (const path of [...TAKEN, ...texts, ...packages]) {
  take(path);
}
writeFileSync(join(out, 'licences.txt'), writeNotices(root, listLicences(root)));

function take(path) {
  const to = join(out, path);
  mkdirSync(dirname(to), { recursive: true });
  cpSync(join(root, path), to, {
    recursive: true,
    // A package's own node_modules would be copies of what npm put there for its tests.
    filter: (from) =>
      !LEFT.test(from) && !(basename(from) === 'node_modules' && statSync(from).isDirectory()),
  });
}
