/** Pages and files arrive compressed where that gives nothing away; what programs are answered stays as it is. */
import { get, type IncomingMessage, request } from 'node:http';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser } from '#test/support/sign-in.js';
import { openWorld, type World } from '#test/support/world.js';

let w: World;
let ming: Browser;

beforeAll(async () => {
  w = await openWorld();
  ming = await w.signIn('Ming', { role: 'operator' });
});
afterAll(() => w.close());

const BOTH = { 'accept-encoding': 'gzip, deflate, br', accept: 'text/html' };
const FROM_HERE = { 'sec-fetch-site': 'same-origin', 'sec-fetch-dest': 'document' };

interface Raw {
  status: number;
  headers: IncomingMessage['headers'];
  body: Buffer;
}

/** Not fetch: it unpacks what it gets. */
function ask(path: string, headers: Record<string, string> = BOTH, method = 'GET'): Promise<Raw> {
  return new Promise((resolve, reject) => {
    const asked =
      method === 'GET'
        ? get(`${w.url}${path}`, { headers })
        : request(`${w.url}${path}`, { method, headers });
    asked.on('error', reject);
    asked.on('response', (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts) }),
      );
    });
    asked.end();
  });
}

const cookieOf = ({ cookies }: Browser): string =>
  [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');

describe('a page', () => {
  it('comes in the better coding the caller takes, and says that it depends on that', async () => {
    const plain = await ask('/', { accept: 'text/html' });
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(plain.headers.vary).toContain('Accept-Encoding');
    const brotli = await ask('/');
    expect(brotli.headers).toMatchObject({
      'content-encoding': 'br',
      'content-length': String(brotli.body.length),
      'content-type': 'text/html; charset=utf-8',
    });
    expect(brotliDecompressSync(brotli.body).toString()).toContain('<h1>青鸟');
    expect(brotli.body.length).toBeLessThan(plain.body.length / 2);
    const gzip = await ask('/', { ...BOTH, 'accept-encoding': 'gzip, br;q=0' });
    expect(gzip.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(gzip.body).toString()).toContain('<h1>青鸟');
    for (const none of ['identity', 'deflate', '', '*;q=0']) {
      const { headers } = await ask('/', { ...BOTH, 'accept-encoding': none });
      expect([none, headers['content-encoding']]).toEqual([none, undefined]);
    }
  });

  it('answers HEAD as GET, without the body', async () => {
    const [page, head] = [await ask('/demo'), await ask('/demo', BOTH, 'HEAD')];
    expect(head.body.length).toBe(0);
    expect(head.headers).toMatchObject({
      'content-encoding': 'br',
      'content-length': page.headers['content-length'],
      vary: page.headers.vary,
    });
  });

  it('with a cookie is compressed only for who came from here or by hand', async () => {
    const headers = { ...BOTH, cookie: cookieOf(ming) };
    const codingFor = async (fetched: Record<string, string>, path = '/me/messages?q=guess') =>
      (await ask(path, { ...headers, ...fetched })).headers['content-encoding'];
    expect(await codingFor(FROM_HERE)).toBe('br');
    expect(await codingFor({ ...FROM_HERE, 'sec-fetch-site': 'none' })).toBe('br');
    // A foreign page, a sister site, a picture in a message, a frame, and a browser that does not say.
    expect(await codingFor({ ...FROM_HERE, 'sec-fetch-site': 'cross-site' })).toBeUndefined();
    expect(await codingFor({ ...FROM_HERE, 'sec-fetch-site': 'same-site' })).toBeUndefined();
    expect(await codingFor({ ...FROM_HERE, 'sec-fetch-dest': 'image' })).toBeUndefined();
    expect(await codingFor({ ...FROM_HERE, 'sec-fetch-dest': 'iframe' })).toBeUndefined();
    expect(await codingFor({})).toBeUndefined();
    expect(await codingFor({}, '/')).toBeUndefined();
    expect((await ask('/', { ...BOTH, cookie: 'lang=en' })).headers['content-encoding']).toBe('br');
  });
});

describe('a file', () => {
  it('of text is compressed under a tag of its own; a picture is not', async () => {
    const { body } = await ask('/', { accept: 'text/html' });
    const path = /href="(\/assets\/base\.css\?v=\w+)"/.exec(body.toString())?.[1] ?? '';
    const [plain, brotli, gzip] = [
      await ask(path, {}),
      await ask(path),
      await ask(path, { 'accept-encoding': 'gzip' }),
    ];
    expect([plain, brotli, gzip].map(({ headers }) => headers['content-encoding'])).toEqual([
      undefined,
      'br',
      'gzip',
    ]);
    expect(brotliDecompressSync(brotli.body)).toEqual(plain.body);
    expect(gunzipSync(gzip.body)).toEqual(plain.body);
    const tags = [plain, brotli, gzip].map(({ headers }) => headers.etag ?? '');
    expect(new Set(tags).size).toBe(3);
    const again = await ask(path, { ...BOTH, 'if-none-match': tags[1] ?? '' });
    expect([again.status, again.body.length, again.headers.vary]).toEqual([304, 0, 'Accept-Encoding']);
    expect((await ask(path, { ...BOTH, 'if-none-match': tags[0] ?? '' })).status).toBe(200);
    const picture = await ask('/docs/pictures/home.png');
    expect([picture.headers['content-type'], picture.headers['content-encoding']]).toEqual([
      'image/png',
      undefined,
    ]);
  });

  it('of the API’s description is compressed once', async () => {
    const { headers, body } = await ask('/openapi.json');
    expect(headers).toMatchObject({
      'content-encoding': 'br',
      'content-type': 'application/json; charset=utf-8',
    });
    expect(JSON.parse(brotliDecompressSync(body).toString())).toHaveProperty('openapi');
  });
});

describe('what programs are answered', () => {
  it('never passes the compression', async () => {
    const app = await w.app('值班').made();
    for (let count = 0; count < 8; count += 1) {
      await w.app(`第 ${count} 个有点长的应用名，列表超过一千字节`).made();
    }
    const bearer = { ...BOTH, authorization: `Bearer ${w.adminToken}` };
    const list = await ask('/api/v1/apps?pageSize=50', bearer);
    expect(list.body.length).toBeGreaterThan(1024);
    const push = await ask(`/api/send/message/?appToken=${app.appToken}&content=x&uid=UID_none`, BOTH);
    for (const { headers, body } of [list, push]) {
      expect([headers['content-encoding'], headers.vary]).toEqual([undefined, undefined]);
      expect(() => JSON.parse(body.toString())).not.toThrow();
    }
  });

  it('an export is streamed as it is', async () => {
    const app = await w.app('导出').made();
    await w.phone('Ling').scans(app.qrcodeUrl);
    await w.drain();
    const { status, headers } = await ask(`/console/apps/${app.id}/subscribers/export`, {
      ...BOTH,
      ...FROM_HERE,
      cookie: cookieOf(ming),
    });
    expect([status, headers['content-encoding'], headers['transfer-encoding']]).toEqual([
      200,
      undefined,
      'chunked',
    ]);
  });
});
