/** What only the process itself decides: how long an address may be. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask } from './support/http.js';
import { type RunningProcess, startServer } from './support/processes.js';

const folder = mkdtempSync(join(tmpdir(), 'qingniao-main-'));
let server: RunningProcess;
beforeAll(async () => {
  server = await startServer({ PORT: '0', SIMULATOR_SMTP_PORT: '0', DATA_DIR: folder });
});
afterAll(async () => {
  await server?.end('SIGTERM');
  rmSync(folder, { recursive: true, force: true });
});

describe('a text in the address', () => {
  const push = (characters: number) => ask(`${server.url}/bark/nobody/${'字'.repeat(characters)}`);

  it('is read up to 64 KB with all headers', async () => {
    expect(await push(7000)).toMatchObject({ status: 400, json: { code: 400 } });
  });

  it('beyond that is refused by its status', async () => {
    expect(await push(8000)).toMatchObject({ status: 431 });
  });
});
