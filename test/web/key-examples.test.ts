/** The programs that the pages show for each kind of key: run as they are, each reaches the key's owner. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeKeyExamples } from '#src/web/key-examples.js';
import { KEY_KIND_ROWS } from '#src/web/key-kinds.js';
import { openWorld, type World } from '#test/support/world.js';

const run = promisify(execFile);
const RUNNERS = {
  curl: { program: '/usr/bin/curl', command: (source: string) => ['/bin/sh', '-c', source] },
  Python: { program: '/usr/bin/python3', command: (source: string) => ['/usr/bin/python3', '-c', source] },
  Node: { program: process.execPath, command: (source: string) => [process.execPath, '-e', source] },
} as const;

let w: World;
beforeAll(async () => {
  w = await openWorld();
  await w.phone('Ming').follows();
}, 60_000);
afterAll(() => w.close());

describe.each(['curl', 'Python', 'Node'] as const)('the %s program', (name) => {
  const { program, command } = RUNNERS[name];

  it.skipIf(!existsSync(program)).each(KEY_KIND_ROWS)(
    'of $kind works as it stands',
    async (row) => {
      const { personId } = await w.core.people.getByUid(await w.phone('Ming').uid());
      const key = await w.core.keys.showKey(personId, row.kind);
      const example = writeKeyExamples(row.requestOf(w.url, key)).find((one) => one.name === name);
      const before = await w.db.message.count();
      const [file = '', ...args] = command(example?.source ?? '');
      const { stdout } = await run(file, args, { timeout: 20_000 });
      if (row.kind === 'personal') {
        // A follower has no account yet: the answer says so, but knew the key.
        expect(stdout).toMatch(/total|items|forbidden|权限|unauthorized/i);
        return;
      }
      expect(await w.db.message.count()).toBe(before + 1);
      const last = await w.db.message.findFirst({ orderBy: { id: 'desc' } });
      expect(`${last?.title} ${last?.summary}`).toContain('磁盘告警');
      expect(last?.body).toContain('**db-1** 只剩 1%');
      // Services refuse the same text twice within a minute or more.
      w.clock.advance(3_600_000);
    },
    30_000,
  );
});

it('has a row for every kind that people make', async () => {
  const { KEY_KINDS } = await import('#src/core/key-kinds.js');
  expect(KEY_KIND_ROWS.map(({ kind }) => kind).sort()).toEqual([...KEY_KINDS].sort());
});
