// `npm run licences`: lists the licence of every package that production needs, and fails on one that nobody has looked at.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';

/** Licences that ask for no more than their notice, which licences.txt gives. */
const ALLOWED = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'ISC',
  'MIT',
  'MIT-0',
  'Python-2.0',
  'Unlicense',
]);
/** Looked at one by one: package, the licence it was looked at with, and why it will do. */
const LOOKED_AT = {
  elkjs: {
    licence: 'EPL-2.0',
    why: 'a page of the Prisma tool, which is run to build and is no part of what runs',
  },
  'seq-queue': {
    licence: 'none stated',
    why: 'its LICENSE file is the MIT licence; only the Prisma tool needs it',
  },
};

/** One package of the lock file: name, version, licence as SPDX, and why it will not do, empty where it will. */
export function listLicences(root) {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  return Object.entries(lock.packages)
    .filter(([path, entry]) => path !== '' && !entry.dev)
    .map(([path, { version, license }]) => {
      const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
      const licence = String(license ?? 'none stated');
      return { path, name, version, licence, objection: judge(name, licence) };
    });
}

/** Why a licence will not do, empty where it will. */
export function judge(name, licence) {
  const looked = LOOKED_AT[name];
  if (looked) {
    return looked.licence === licence ? '' : `was looked at as ${looked.licence}, and is ${licence} now`;
  }
  // Of a choice one must be allowed, of a sum all. Some old packages write lists.
  const choices = licence.replace(/[()]/g, '').split(/ OR |,/);
  const isFine = choices.some((choice) => choice.split(/ and /i).every((one) => ALLOWED.has(one.trim())));
  return isFine ? '' : `${licence} is not in the list of prisma/licences.js`;
}

/** The notices that go along with what is shipped: each package with its licence's text where the package has one. */
export function writeNotices(root, packages) {
  const parts = packages.map(({ path, name, version, licence }) => {
    const folder = join(root, path);
    const file = existsSync(folder)
      ? readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry))
      : undefined;
    return `${name} ${version} (${licence})\n\n${file ? readFileSync(join(folder, file), 'utf8').trim() : ''}\n`;
  });
  return parts.join(`\n${'-'.repeat(80)}\n`);
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const packages = listLicences(fileURLToPath(new URL('..', import.meta.url)));
  for (const { name, version, licence } of packages) {
    process.stdout.write(`${name} ${version} ${licence}\n`);
  }
  const refused = packages.filter(({ objection }) => objection !== '');
  for (const { name, version, objection } of refused) {
    process.stderr.write(`${name} ${version}: ${objection}\n`);
  }
  process.exitCode = refused.length > 0 ? 1 : 0;
}
