/** On which Node the project runs, and what it says on another: one sentence, never a stack. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../', import.meta.url));
const { findLack } = createRequire(import.meta.url)('../prisma/fit.cjs') as {
  findLack(versions: Record<string, string>): string;
};
const read = (name: string): string => readFileSync(join(root, name), 'utf8');
const { scripts, engines } = JSON.parse(read('package.json')) as {
  scripts: Record<string, string>;
  engines: { node: string };
};

describe('a version of Node', () => {
  it.each(['12.22.12', '18.20.8', '20.18.3', '21.7.3', '22.11.0', '23.11.1'])(
    '%s is told which would do',
    (node) => {
      expect(findLack({ node, openssl: '3', icu: '77' })).toMatch(
        new RegExp(
          `^青鸟需要 .*${node}.*Qingniao needs Node\\.js 20\\.19, 22\\.12, 24 or newer.*${node}[^\n]*$`,
        ),
      );
    },
  );

  it.each(['20.19.0', '20.20.2', '22.12.0', '24.0.0', '25.1.0', '26.12.1'])('%s will do', (node) => {
    expect(findLack({ node, openssl: '3', icu: '77' })).toBe('');
  });

  it.each(['openssl', 'icu'])('that was built without %s is told so', (part) => {
    const { [part]: _, ...versions } = { node: '24.1.0', openssl: '3', icu: '77' } as Record<string, string>;
    expect(findLack(versions)).toMatch(/^这个 Node\.js .* was built without (OpenSSL|ICU): [^\n]*$/);
  });

  it('is judged before any command does its work', () => {
    const unjudged = Object.entries(scripts).filter(
      ([, command]) => /\bnode\b/.test(command) && !command.includes(' prisma/run.cjs '),
    );
    expect(unjudged).toEqual([]);
  });

  it('is the same in the README, in package.json and in what CI tries', () => {
    expect(engines.node).toBe('^20.19 || ^22.12 || >=24');
    const tried = /oldest=(\S+) newest=(\S+)\nnodes=\("\$oldest" (.*) "\$newest"\)/.exec(read('.ci/run'));
    const [, oldest, newest, between = ''] = tried ?? [];
    expect(read('README.md')).toContain(
      `每次改动都在 Node.js ${[oldest, ...between.split(' '), newest].join('、')} 上`,
    );
  });
});

describe('a folder without its packages', () => {
  const folder = mkdtempSync(join(tmpdir(), 'qingniao-node-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is told to install them', () => {
    for (const name of ['run.cjs', 'fit.cjs', 'load.js']) {
      cpSync(join(root, 'prisma', name), join(folder, 'prisma', name));
    }
    writeFileSync(
      join(folder, 'package.json'),
      '{"type": "module", "dependencies": {"koa": "1", "missing": "1"}}',
    );
    mkdirSync(join(folder, 'node_modules/koa'), { recursive: true });
    writeFileSync(join(folder, 'node_modules/koa/package.json'), '{}');
    const { status, stdout, stderr } = spawnSync(process.execPath, ['prisma/run.cjs', 'dist/main.js'], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect({ status, stdout, stderr }).toEqual({
      status: 1,
      stdout: '',
      stderr: '缺少软件包，请先运行 npm ci Packages are missing, run npm ci first: missing\n',
    });
  });
});
