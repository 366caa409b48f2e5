/** Writes a picture of a page into docs/pictures. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';

const FOLDER = fileURLToPath(new URL('pictures/', import.meta.url));
const MOST_BYTES = 150_000;

/** Takes what is on the screen, once everything stands still. Throws when the file would burden the repository. */
export async function savePicture(page: Page, name: string): Promise<void> {
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await page.waitForLoadState('networkidle').catch(() => undefined);
  const bytes = await page.screenshot({ animations: 'disabled', caret: 'hide' });
  if (bytes.length > MOST_BYTES) {
    throw new Error(`${name}.png has ${bytes.length} bytes, more than ${MOST_BYTES}`);
  }
  writeFileSync(`${FOLDER}${name}.png`, bytes);
  process.stdout.write(`${name}.png ${bytes.length}\n`);
}
