/** Who a request comes from: the peer, or what our own proxies say of it, and never what callers invent. */
import { expect, it } from 'vitest';
import { readClientAddress } from '#src/lib/client-address.js';

const ROWS: [string, { peer?: string; forwarded?: string; proxies: number }, string][] = [
  ['nobody in front', { proxies: 0 }, '10.0.0.1'],
  ['nobody in front, the header invented', { proxies: 0, forwarded: '1.2.3.4' }, '10.0.0.1'],
  ['one proxy', { proxies: 1, forwarded: '203.0.113.9' }, '203.0.113.9'],
  [
    'one proxy that adds to what the caller invented',
    { proxies: 1, forwarded: '1.2.3.4, 203.0.113.9' },
    '203.0.113.9',
  ],
  ['two proxies', { proxies: 2, forwarded: '203.0.113.9, 10.0.0.2' }, '203.0.113.9'],
  [
    'two proxies, the header invented',
    { proxies: 2, forwarded: '127.0.0.1,1.2.3.4,203.0.113.9,10.0.0.2' },
    '203.0.113.9',
  ],
  ['two proxies, one of which was left out', { proxies: 2, forwarded: '203.0.113.9' }, '203.0.113.9'],
  ['a proxy that says nothing', { proxies: 1 }, '10.0.0.1'],
  ['a proxy that says nonsense', { proxies: 1, forwarded: '1.2.3.4, unknown' }, '10.0.0.1'],
  ['an empty entry', { proxies: 1, forwarded: '1.2.3.4, ' }, '10.0.0.1'],
  ['an address with its port', { proxies: 1, forwarded: '203.0.113.9:4711' }, '203.0.113.9'],
  ['IPv6', { proxies: 1, forwarded: '2001:db8::9' }, '2001:db8::9'],
  ['IPv6 with its port', { proxies: 1, forwarded: '[2001:db8::9]:4711' }, '2001:db8::9'],
  ['IPv4 inside IPv6', { proxies: 1, forwarded: '::ffff:203.0.113.9' }, '203.0.113.9'],
  ['a peer as IPv6 sockets give it', { proxies: 0, peer: '::ffff:203.0.113.9' }, '203.0.113.9'],
  ['markup', { proxies: 1, forwarded: '<script>' }, '10.0.0.1'],
];

it.each(ROWS)('%s', (_name, { peer = '10.0.0.1', forwarded = '', proxies }, expected) => {
  expect(readClientAddress({ peer, forwarded, proxies })).toBe(expected);
});

it('is empty for a connection that is gone', () => {
  expect(readClientAddress({ peer: undefined, forwarded: '', proxies: 0 })).toBe('');
});
