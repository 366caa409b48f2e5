/** The standard push: one message, however a client writes it. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type Cast, openCast } from './cast.js';

const PATH = '/api/send/message';
const FORM = 'application/x-www-form-urlencoded';
let cast: Cast;
beforeAll(async () => {
  cast = await openCast();
});
afterAll(() => cast.close());
beforeEach(async () => {
  await cast.taken();
});

interface Shape {
  path?: string;
  method?: string;
  body?: unknown;
  type?: string;
}
type Fields = Record<string, unknown>;

/** The plain message to Ming; the fields given change it. */
const plain = (changes: Fields = {}): Fields => {
  return { appToken: cast.token, content: '你好', uids: [cast.uids.ming], ...changes };
};
const query = (fields: Record<string, string> = {}): string => {
  return `${new URLSearchParams({ appToken: cast.token, content: '你好', uid: cast.uids.ming, ...fields })}`;
};
const token = (fields: Record<string, string>): string =>
  `${new URLSearchParams({ appToken: cast.token, ...fields })}`;

const LONG = '😀'.repeat(40_000);

/** Name, request, and what of the stored message differs from the plain one. */
const SHAPES: [string, () => Shape, Fields?][] = [
  ['JSON as documented', () => ({ body: plain() })],
  ['a trailing slash', () => ({ path: `${PATH}/`, body: plain() })],
  ['uids as one string', () => ({ body: plain({ uids: cast.uids.ming }) })],
  ['uids as JSON text', () => ({ body: plain({ uids: `["${cast.uids.ming}"]` }) })],
  ['blanks around a UID', () => ({ body: plain({ uids: [` ${cast.uids.ming}\n`] }) })],
  ['the same UID twice', () => ({ body: plain({ uids: [cast.uids.ming, cast.uids.ming] }) })],
  ['the same UID thousands of times', () => ({ body: plain({ uids: Array(3000).fill(cast.uids.ming) }) })],
  ['uid instead of uids', () => ({ body: plain({ uids: undefined, uid: cast.uids.ming }) })],
  ['null and empty items', () => ({ body: plain({ uids: [cast.uids.ming, null, ''] }) })],
  [
    'null for unused fields',
    () => ({ body: plain({ topicIds: null, url: null, summary: null, contentType: null }) }),
  ],
  [
    'empty text for unused fields',
    () => ({ body: plain({ topicIds: '', url: '', summary: '', contentType: '' }) }),
  ],
  ['empty lists for unused fields', () => ({ body: plain({ topicIds: [] }) })],
  ['fields of paying, whatever they hold', () => ({ body: plain({ verifyPay: {}, verifyPayType: 'x' }) })],
  ['fields that nobody knows', () => ({ body: plain({ x: [{}], __proto__x: 1 }) })],
  ['JSON called a form', () => ({ type: FORM, body: plain() })],
  ['JSON called text', () => ({ type: 'text/plain', body: plain() })],
  ['JSON with a byte order mark', () => ({ body: `\ufeff${JSON.stringify(plain())}` })],
  ['a form', () => ({ type: FORM, body: query() })],
  ['a form called JSON', () => ({ body: query() })],
  ['a form with plain blanks around', () => ({ type: FORM, body: `${query()}\r\n` })],
  [
    'a list as PHP writes it',
    () => ({ type: FORM, body: token({ content: '你好', 'uids[0]': cast.uids.ming }) }),
  ],
  ['the token in the query', () => ({ path: `${PATH}/?${token({})}`, body: plain({ appToken: undefined }) })],
  ['all of a POST in the query', () => ({ method: 'POST', path: `${PATH}?${query()}` })],
  [
    'plain text as the content',
    () => {
      return { type: 'text/plain', body: '你好', path: `${PATH}?${token({ uid: cast.uids.ming })}` };
    },
  ],
  ['the body over the query', () => ({ path: `${PATH}?content=no`, body: plain() })],
  ['GET', () => ({ path: `${PATH}?${query()}` })],
  ['GET with a trailing slash', () => ({ path: `${PATH}/?${query()}` })],
  ['GET called JSON, without a body', () => ({ type: 'application/json', path: `${PATH}?${query()}` })],
  ['GET with empty unused values', () => ({ path: `${PATH}?${query()}&topicId=&url=&summary=` })],
  ['GET is text whatever it says', () => ({ path: `${PATH}?${query({ contentType: '2' })}` })],
  ['contentType 1', () => ({ body: plain({ contentType: 1 }) })],
  ['contentType 2', () => ({ body: plain({ contentType: 2 }) }), { format: 'html' }],
  ['contentType 3 as a string', () => ({ body: plain({ contentType: '3' }) }), { format: 'markdown' }],
  ['content as a number', () => ({ body: plain({ content: 123 }) }), { body: '123' }],
  ['content as a truth value', () => ({ body: plain({ content: false }) }), { body: 'false' }],
  [
    'half a surrogate pair and a NUL',
    () => ({ body: plain({ content: 'a\ud800b\u0000c' }) }),
    { body: 'a\ufffdb\ufffdc' },
  ],
  ['content of 40000 characters', () => ({ body: plain({ content: LONG }) }), { body: LONG }],
  ['a summary', () => ({ body: plain({ summary: '𠮷'.repeat(100) }) }), { summary: '𠮷'.repeat(100) }],
  ['a summary in a GET', () => ({ path: `${PATH}?${query({ summary: '短' })}` }), { summary: '短' }],
  ['a link', () => ({ body: plain({ url: 'https://a.cn/?b=%2F' }) }), { url: 'https://a.cn/?b=%2F' }],
  [
    'a link encoded twice',
    () => ({ path: `${PATH}?${query({ url: 'http%3a%2f%2fa.cn%2fb' })}` }),
    { url: 'http://a.cn/b' },
  ],
];

it.each(SHAPES)('takes %s', async (_name, shape, stored = {}) => {
  const { path = PATH, ...sent } = shape();
  const answer = await cast.call(path, sent);
  const [message, ...more] = await cast.taken();
  expect(more).toEqual([]);
  const { personId } = await cast.core.people.getByUid(cast.uids.ming);
  expect(message).toEqual({
    id: expect.any(Number),
    appId: cast.appId,
    body: '你好',
    format: 'text',
    summary: '',
    url: '',
    audience: { people: [personId], topics: [] },
    ...stored,
  });
  const recordId = answer.data[0]?.sendRecordId;
  expect(answer).toEqual({
    code: 1000,
    msg: '处理成功',
    data: [
      {
        uid: cast.uids.ming,
        topicId: null,
        messageId: recordId,
        messageContentId: message?.id,
        sendRecordId: expect.any(Number),
        code: 1000,
        status: '创建发送任务成功',
      },
    ],
    success: true,
  });
});
