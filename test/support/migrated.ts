/** A migrated empty database to copy: migrating a file anew costs hundreds of commits to the disk, a copy costs one. */
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { sha256Hex } from '#src/lib/hash.js';
import { listMigrations } from '#src/store/migrations.js';
import { openStore } from '#src/store/open.js';

/** Puts a migrated empty database where a test wants to open one. Made once for each state of the migrations. */
export async function copyMigrated(path: string): Promise<void> {
  const made = join(tmpdir(), `qingniao-migrated-${sha256Hex(JSON.stringify(listMigrations('sqlite')))}.db`);
  if (!existsSync(made)) {
    const folder = mkdtempSync(join(tmpdir(), 'qingniao-migrating-'));
    const store = await openStore(`file:${join(folder, 'new.db')}`);
    await store.close();
    // In one step: other test processes look for it at the same time.
    renameSync(join(folder, 'new.db'), made);
    rmSync(folder, { recursive: true });
  }
  mkdirSync(dirname(path), { recursive: true });
  copyFileSync(made, path);
}
