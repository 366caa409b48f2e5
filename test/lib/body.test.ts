/** Bodies over real HTTP: limits, aborts, encodings; and how a body's kind is found. */
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { BodyError, decodeUtf8, parseLenient, readRawBody } from '#src/lib/body.js';

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

  it('refuses compressed bodies', async () => {
    expect(await post(await openReader(100), 'x', { 'content-encoding': 'gzip' })).toBe('encoding');
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

  it.each([
    ['{"a":1}', 'application/json', { kind: 'json', value: { a: 1 } }],
    ['"text"', 'application/json; charset=utf-8', { kind: 'json', value: 'text' }],
    ['{"a":1}', 'application/problem+json', { kind: 'json', value: { a: 1 } }],
    ['{"a":1}', FORM, { kind: 'json', value: { a: 1 } }],
    [' [1]\n', undefined, { kind: 'json', value: [1] }],
    ['{"a":1}', 'text/plain', { kind: 'json', value: { a: 1 } }],
    ['{broken', 'text/plain', { kind: 'text', value: '{broken' }],
    ['a=1&b=%E9%9D%92+x&a=2', FORM, { kind: 'form', value: { a: '2', b: '青 x' } }],
    ['{broken=1', FORM, { kind: 'form', value: { '{broken': '1' } }],
    ['a=1', undefined, { kind: 'text', value: 'a=1' }],
    [' hello ', 'text/plain', { kind: 'text', value: ' hello ' }],
    ['', 'application/json', { kind: 'empty', value: undefined }],
    [' \r\n', FORM, { kind: 'empty', value: undefined }],
  ])('reads %j of type %j', (text, type, expected) => {
    expect(parseLenient(text, type)).toEqual(expected);
  });

  it('refuses broken JSON under a JSON type', () => {
    expect(() => parseLenient('{broken', 'application/json')).toThrow(
      expect.objectContaining({ reason: 'json' }),
    );
  });

  it('keeps hostile form names as ordinary own keys', () => {
    const form = parseLenient('__proto__=x&constructor=y', FORM);
    expect(form.kind === 'form' && Object.entries(form.value)).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
    expect(form.kind === 'form' && form.value.toString).toBe(undefined);
  });
});
