/** Every page opens light: its first load, pictures aside, stays under 100 KB even before it is compressed. */
import { get } from 'node:http';
import { brotliDecompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser } from '#test/support/sign-in.js';
import { openWorld, type World } from '#test/support/world.js';

const MAX_BYTES = 100_000;
/** What goes over the wire, with room to spare for a slow phone. */
const MAX_SENT_BYTES = 40_000;

interface Weight {
  page: string;
  bytes: number;
  sentBytes: number;
}

let w: World;
let boss: Browser;
let app: { id: number; appToken: string; subscribeUrl: string; qrcodeUrl: string };
let messageId: number;

beforeAll(async () => {
  w = await openWorld();
  boss = await w.signIn('Boss', { role: 'operator' });
  app = await w.app('机房告警').made();
  await w.phone('Boss').scans(app.qrcodeUrl);
  const uids = [await w.phone('Boss').uid()];
  const content = `${'磁盘快满了，请尽快处理。'.repeat(200)}\n\n\`\`\`js\nconst a = 1;\n\`\`\``;
  const pushed = await w.call('/api/send/message', {
    body: { appToken: app.appToken, summary: '磁盘', content, uids, contentType: 3 },
  });
  const { data } = pushed.json as { data: { messageContentId: number }[] };
  messageId = Number(data[0]?.messageContentId);
  await w.drain();
});
afterAll(() => w.close());

const AS_BROWSER = {
  accept: 'text/html',
  'accept-encoding': 'gzip, deflate, br',
  'sec-fetch-site': 'none',
  'sec-fetch-dest': 'document',
};

/** One file as a browser gets it: its text, and how many bytes came for it. */
function load(url: string, cookie: string): Promise<{ status: number; text: string; sentBytes: number }> {
  return new Promise((resolve, reject) => {
    get(url, { headers: { ...AS_BROWSER, cookie } }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => {
        const sent = Buffer.concat(parts);
        const bytes = response.headers['content-encoding'] === 'br' ? brotliDecompressSync(sent) : sent;
        resolve({ status: response.statusCode ?? 0, text: bytes.toString(), sentBytes: sent.length });
      });
    }).on('error', reject);
  });
}

/** What a text makes the browser load at once: sheets, scripts, and what those import. Pictures and frames are apart. */
function listNeeds(text: string, isPage: boolean): string[] {
  const patterns = isPage
    ? [/<link rel="(?:stylesheet|modulepreload)" href="([^"]+)"/g, /<script[^>]* src="([^"]+)"/g]
    : [/^(?:import|export)\s(?:[^;]*?\sfrom\s)?'(\.[^']+)';/gms, /@import\s+"([^"]+)"/g];
  return patterns.flatMap((pattern) => [...text.matchAll(pattern)].map(([, path = '']) => path));
}

async function weigh(url: string, browser: Browser | null): Promise<Weight> {
  const cookie = [...(browser?.cookies ?? [])].map(([name, value]) => `${name}=${value}`).join('; ');
  const seen = new Set<string>();
  const weight = { page: new URL(url).pathname, bytes: 0, sentBytes: 0 };
  const add = async (address: string): Promise<void> => {
    if (seen.has(address)) {
      return;
    }
    seen.add(address);
    const { status, text, sentBytes } = await load(address, cookie);
    expect([address, status === 200 || (address === url && status === 404)]).toEqual([address, true]);
    weight.bytes += Buffer.byteLength(text);
    weight.sentBytes += sentBytes;
    for (const path of listNeeds(text, address === url)) {
      await add(new URL(path, address).href);
    }
  };
  await add(url);
  expect(seen.size).toBeGreaterThan(1);
  return weight;
}

/** Expects each page to be light; says by how much one is not. */
async function expectLight(paths: readonly string[], browser: Browser | null = null): Promise<void> {
  const weights: Weight[] = [];
  for (const path of paths) {
    weights.push(await weigh(`${w.url}${path}`, browser));
  }
  const heavy = weights.filter(({ bytes, sentBytes }) => bytes > MAX_BYTES || sentBytes > MAX_SENT_BYTES);
  expect(heavy).toEqual([]);
}

describe('the first load', () => {
  it('of each open page', async () => {
    const link = await w.core.keys.createLink(
      (await w.core.people.getByUid(await w.phone('Boss').uid())).personId,
    );
    await expectLight([
      ...['/', '/demo', '/sign-in', '/notify', '/nothing-here'],
      new URL(app.subscribeUrl).pathname,
      new URL(w.core.pageLinks.urlOf(messageId)).pathname,
      `/k/${link}`,
    ]);
  });

  it('of each part of the reference, and of each document', async () => {
    const { text } = await w.call('/docs');
    const parts = [...text.matchAll(/href="(\/docs\/[a-z]+)"/g)].map(([, path = '']) => path);
    expect(parts.length).toBeGreaterThan(10);
    const documents = [...text.matchAll(/href="(\/[\w/-]+\.md)"/g)].map(([, path = '']) => path);
    expect(documents.length).toBeGreaterThan(6);
    await expectLight(['/docs', '/docs?q=id', ...new Set(parts), ...new Set(documents)]);
  });

  it('of each page of a follower', async () => {
    const parts = ['messages', 'subscriptions', 'quiet', 'keys', 'contacts', 'channels', 'channels/new/bark'];
    await expectLight(['/me', ...parts.map((part) => `/me/${part}`)], boss);
  });

  it('of each page of the console', async () => {
    const { text } = await boss.get('/console');
    const menu = [...text.matchAll(/href="(\/console\/[\w/-]+)"/g)].map(([, path = '']) => path);
    expect(menu.length).toBeGreaterThan(8);
    const own = ['', '/callbacks', '/codes', '/subscribers', '/topics'];
    await expectLight(
      ['/console', ...new Set(menu), ...own.map((part) => `/console/apps/${app.id}${part}`)],
      boss,
    );
    await expectLight([`/console/messages/${messageId}`], boss);
  });

  it('of the simulated phone, by itself and beside the demo', async () => {
    const [phone, demo] = [await weigh(`${w.simulatorUrl}/`, null), await weigh(`${w.url}/demo`, null)];
    expect(phone.bytes).toBeLessThan(MAX_BYTES);
    expect(phone.sentBytes + demo.sentBytes).toBeLessThan(MAX_BYTES);
  });
});
