/** How what people type is understood. */
import { describe, expect, it } from 'vitest';
import { readSaying, type Saying } from '#src/wechat/sayings.js';

const verb = (name: string, argument = '') => ({ kind: 'verb', verb: name, argument });
const plain = (content: string) => ({ kind: 'plain', content });

describe('the # grammar', () => {
  it.each([
    ['#97', { kind: 'subscribe', id: '97' }],
    ['＃９７', { kind: 'subscribe', id: '97' }],
    [' # 97 ', { kind: 'subscribe', id: '97' }],
    ['#0097', { kind: 'subscribe', id: '97' }],
    ['订阅 #97', { kind: 'subscribe', id: '97' }],
    ['#97 some text', { kind: 'command', id: '97', content: 'some text' }],
    ['＃９７　重启', { kind: 'command', id: '97', content: '重启' }],
    ['#97  two  blanks ', { kind: 'command', id: '97', content: 'two  blanks' }],
    ['#97\nline\nline', { kind: 'command', id: '97', content: 'line\nline' }],
    ['#97 ＡＢＣ', { kind: 'command', id: '97', content: 'ＡＢＣ' }],
    ['#97 #98 x', { kind: 'command', id: '97', content: '#98 x' }],
    ['#97 help', { kind: 'command', id: '97', content: 'help' }],
    ['#97重启', { kind: 'unclear', id: '97' }],
    ['#12345678901', plain('#12345678901')],
    ['#', plain('#')],
    ['#话题#', plain('#话题#')],
  ] as [string, Saying][])('reads %j', (text, expected) => {
    expect(readSaying(text)).toEqual(expected);
  });
});

describe('the built-in words', () => {
  it.each([
    ['帮助', verb('help')],
    ['HELP', verb('help')],
    ['？', verb('help')],
    ['?', verb('help')],
    ['帮助。', verb('help')],
    ['我的UID', verb('uid')],
    ['我的 UID', plain('我的 UID')],
    ['ＵＩＤ', verb('uid')],
    ['my  uid', verb('uid')],
    ['密钥', verb('keys')],
    ['keys', verb('keys')],
    ['我的订阅', verb('subs')],
    ['订阅 2', verb('subs', '2')],
    ['subs2', verb('subs', '2')],
    ['退订', verb('unsub')],
    ['退订 #97', verb('unsub', '#97')],
    ['退订97', verb('unsub', '97')],
    ['退订＃９７', verb('unsub', '#97')],
    ['unsub # 97 - 5', verb('unsub', '#97-5')],
    ['Unsubscribe 97', verb('unsub', '97')],
    ['暂停', verb('pause')],
    ['Resume!', verb('resume')],
    ['取消', verb('cancel')],
    ['helper', plain('helper')],
    ['退订了吗', plain('退订了吗')],
    ['stop', plain('stop')],
  ] as [string, Saying][])('reads %j', (text, expected) => {
    expect(readSaying(text)).toEqual(expected);
  });
});

describe('everything else', () => {
  it.each([
    ['', { kind: 'empty' }],
    [' \n　', { kind: 'empty' }],
    ['2', { kind: 'number', number: 2, content: '2' }],
    ['２', { kind: 'number', number: 2, content: '２' }],
    ['2024', plain('2024')],
    [' hello ', plain('hello')],
    ['help '.repeat(40), plain('help '.repeat(40).trim())],
  ] as [string, Saying][])('reads %j', (text, expected) => {
    expect(readSaying(text)).toEqual(expected);
  });
});
