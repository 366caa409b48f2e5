/** Bodies over real HTTP: limits, aborts, encodings; and how a body's kind is found. */
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { BodyError, decodeUtf8, readRawBody, toBody } from '#src/lib/body.js';

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const clean of cleanups.splice(0)) {
    clean();
  }
});

/** A server that answers with the body's length or the reason of its refusal. */
async function openReader(limitBytes: number, onResult: (result: string) => void = () => {}) {
  const server = createServer(async (req: IncomingMessage, res) => {
    const result = await readRawBody(req, { limitBytes }).then(
      (bytes) => String(bytes.length),
      (error) => (error instanceof BodyError ? error.reason : 'unknown'),
    );
    onResult(result);
    res.end(result);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

async function open(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  cleanups.push(() => socket.destroy());
  await once(socket, 'connect');
  return socket;
}

async function post(
  port: number,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
) {
  const answer = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body, headers });
  return answer.text();
}

describe('reading', () => {
  it('gives all bytes up to the limit', async () => {
    const port = await openReader(10);
    expect(await post(port, '0123456789')).toBe('10');
    expect(await post(port, '')).toBe('0');
  });

  it('refuses one byte more than the limit', async () => {
    expect(await post(await openReader(10), '01234567890')).toBe('too_large');
  });

  it('counts bytes, not characters', async () => {
    expect(await post(await openReader(10), '青鸟青鸟')).toBe('too_large');
  });

  it('answers a megabyte over the limit and keeps the connection healthy', async () => {
    const port = await openReader(64 * 1024);
    expect(await post(port, new Uint8Array(1024 * 1024))).toBe('too_large');
    expect(await post(port, 'ok')).toBe('2');
  });

  it('answers an announced giant before its body comes', async () => {
    const socket = await open(await openReader(10));
    socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 99999999999\r\n\r\n');
    const [answer] = await once(socket, 'data');
    expect(String(answer)).toContain('too_large');
  });

  it('answers an endless chunked body, then cuts the connection', async () => {
    const socket = await open(await openReader(10));
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    socket.write('POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n');
    const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
    const pump = () => {
      while (!socket.destroyed && socket.write(chunk)) {}
    };
    socket.on('drain', pump);
    pump();
    await new Promise((resolve) => socket.once('close', resolve));
    expect(answer).toContain('too_large');
  });

  it('tells a sender that went away from a short body', async () => {
    let settle: (result: string) => void = () => {};
    const result = new Promise<string>((resolve) => {
      settle = resolve;
    });
    const socket = await open(await openReader(100, (value) => settle(value)));
    socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 50\r\n\r\nonly this');
    socket.end();
    expect(await result).toBe('aborted');
  });

  it('takes an upload of twenty megabytes for what it is at once, and the connection lives on', async () => {
    const port = await openReader(64 * 1024);
    expect(await post(port, new Uint8Array(20 * 1024 * 1024))).toBe('too_large');
    expect(await post(port, 'ok')).toBe('2');
  });
});

describe('packed bodies', () => {
  const PACKED: [string, string, Buffer][] = [
    ['gzip', 'gzip', gzipSync('青鸟'.repeat(5))],
    ['x-gzip', 'X-GZip', gzipSync('青鸟'.repeat(5))],
    ['deflate', 'deflate', deflateSync('青鸟'.repeat(5))],
    ['deflate without its wrapper', 'deflate', deflateRawSync('青鸟'.repeat(5))],
    ['br', 'br', brotliCompressSync('青鸟'.repeat(5))],
    ['what is not packed at all', 'identity', Buffer.from('青鸟'.repeat(5))],
    ['a charset in the place of a coding', 'UTF-8', Buffer.from('青鸟'.repeat(5))],
  ];

  it.each(PACKED)('unpacks %s', async (_name, coding, bytes) => {
    expect(await post(await openReader(30), bytes as never, { 'content-encoding': coding })).toBe('30');
  });

  it.each(['gzip', 'deflate', 'br'])('refuses what unpacks to one byte too many: %s', async (coding) => {
    const pack = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync }[coding] ?? gzipSync;
    const port = await openReader(1000);
    expect(await post(port, pack('x'.repeat(1001)) as never, { 'content-encoding': coding })).toBe(
      'too_large',
    );
    expect(await post(port, pack('x'.repeat(1000)) as never, { 'content-encoding': coding })).toBe('1000');
  });

  it('holds no more of a bomb than the limit', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
    expect(bomb.length).toBeLessThan(100_000);
    const before = process.memoryUsage().arrayBuffers;
    const port = await openReader(100_000, () => {
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * 1024 * 1024);
    });
    expect(await post(port, bomb as never, { 'content-encoding': 'gzip' })).toBe('too_large');
  });

  it.each([
    ['gzip', 'plain text'],
    ['deflate', ''.padEnd(9, '\xff')],
    ['br', 'plain text'],
    ['zstd', 'x'],
    ['gzip, br', 'x'],
    ['constructor', 'x'],
  ])('refuses a body that is called %s and is none, or another coding', async (coding, body) => {
    expect(await post(await openReader(100), body, { 'content-encoding': coding })).toBe('encoding');
  });

  it('refuses half a packing', async () => {
    const half = gzipSync('x'.repeat(500)).subarray(0, 20);
    expect(await post(await openReader(1000), half as never, { 'content-encoding': 'gzip' })).toBe(
      'encoding',
    );
  });

  it('takes no body for an empty one, however it is called', async () => {
    expect(await post(await openReader(100), '', { 'content-encoding': 'gzip' })).toBe('0');
  });
});

describe('decoding', () => {
  it('drops a byte order mark', () => {
    expect(decodeUtf8(Buffer.from('\uFEFF{"a":1}'))).toBe('{"a":1}');
  });

  it.each([
    ['a lone continuation byte', [0x80]],
    ['a cut character', [0xe9, 0x9d]],
    ['an overlong slash', [0xc0, 0xaf]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['GBK text', [0xc7, 0xe0, 0xc4, 0xf1]],
  ])('refuses %s', (_name, bytes) => {
    expect(() => decodeUtf8(Buffer.from(bytes))).toThrow(expect.objectContaining({ reason: 'encoding' }));
  });
});

describe('kinds', () => {
  const FORM = 'application/x-www-form-urlencoded';
  const read = (text: string, type = '') => {
    const { text: whole, ...body } = toBody(Buffer.from(text), type);
    return body.kind === 'text' ? { ...body, text: whole } : body;
  };
  const form = (...pairs: [string, string][]) => ({ kind: 'form', pairs, files: [] });

  it.each([
    ['{"a":1}', 'application/json', { kind: 'json', value: { a: 1 } }],
    ['"text"', 'application/json; charset=utf-8', { kind: 'json', value: 'text' }],
    ['{"a":1}', 'application/problem+json', { kind: 'json', value: { a: 1 } }],
    ['{"a":1}', FORM, { kind: 'json', value: { a: 1 } }],
    [' [1]\n', undefined, { kind: 'json', value: [1] }],
    ['{"a":1}', 'text/plain', { kind: 'json', value: { a: 1 } }],
    ['{broken', 'text/plain', { kind: 'text', text: '{broken', isCalledJson: false }],
    ['a=1&b=%E9%9D%92+x&a=2', FORM, form(['a', '1'], ['b', '青 x'], ['a', '2'])],
    ['a=%D6%D0%CE%C4', FORM, form(['a', '中文'])],
    ['{broken=1', FORM, form(['{broken', '1'])],
    ['a=1&b=2', 'application/json', form(['a', '1'], ['b', '2'])],
    ['a=1', undefined, { kind: 'text', text: 'a=1', isCalledJson: false }],
    [' hello ', 'text/plain', { kind: 'text', text: ' hello ', isCalledJson: false }],
    ['', 'application/json', { kind: 'empty' }],
    ['\ufeff', 'application/json', { kind: 'empty' }],
    [' \r\n', FORM, { kind: 'empty' }],
    ['', 'multipart/form-data; boundary=b', { kind: 'empty' }],
  ])('reads %j of type %j', (text, type, expected) => {
    expect(read(text, type)).toEqual(expected);
  });

  it.each(['{broken', 'some words', 'a=1 b=2', '"half'])('takes %j under a JSON type for a text', (text) => {
    expect(read(text, 'application/json')).toEqual({ kind: 'text', text, isCalledJson: true });
  });

  it.each([
    ['UTF-16 with a mark', Buffer.from('\ufeff{"a":"青"}', 'utf16le')],
    ['UTF-16 the other way round', Buffer.from('\ufeff{"a":"青"}', 'utf16le').swap16()],
    ['UTF-8 with a mark', Buffer.from('\ufeff{"a":"青"}')],
    ['GBK', Buffer.from([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xc7, 0xe0, 0x22, 0x7d])],
  ])('reads JSON in %s', (_name, bytes) => {
    expect(toBody(bytes, 'application/json')).toMatchObject({ kind: 'json', value: { a: '青' } });
  });
});
