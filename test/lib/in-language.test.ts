/** One language out of two. */
import { expect, it } from 'vitest';
import { inBoth, inLanguage } from '#src/lib/in-language.js';

it.each([
  ['消息已取消发送 The message was cancelled', '消息已取消发送', 'The message was cancelled'],
  [
    inBoth('请检查 WECHAT_APP_ID 是否正确。', 'Check WECHAT_APP_ID.'),
    '请检查 WECHAT_APP_ID 是否正确。',
    'Check WECHAT_APP_ID.',
  ],
  [
    'wechat template/send: 40037 invalid template_id: x；公众号里没有这个模板。 The account lacks this template.',
    'wechat template/send: 40037 invalid template_id: x；公众号里没有这个模板。',
    'wechat template/send: 40037 invalid template_id: x; The account lacks this template.',
  ],
  [
    '短信 SMS: isv.X: 签名不合法；请检查手机号 check the number',
    '短信: isv.X: 签名不合法；请检查手机号',
    'SMS: isv.X: 签名不合法; check the number',
  ],
  [
    'PushDeer: Key 无效，请检查 the key is unknown',
    'PushDeer: Key 无效，请检查',
    'PushDeer: the key is unknown',
  ],
  [
    '邮件 Mail: 550 用户不存在 user unknown',
    '邮件: 550 用户不存在 user unknown',
    'Mail: 550 用户不存在 user unknown',
  ],
  ['登录 Session', '登录', 'Session'],
  [
    '凭据不正确（请更新） wrong credentials: update them',
    '凭据不正确（请更新）',
    'wrong credentials: update them',
  ],
  ['HTTP 500: busy', 'HTTP 500: busy', 'HTTP 500: busy'],
  ['只有中文；两句', '只有中文；两句', '只有中文；两句'],
  ['钉钉 DingTalk', '钉钉', 'DingTalk'],
  ['', '', ''],
])('%j', (text, zh, en) => {
  expect(inLanguage(text, 'zh')).toBe(zh);
  expect(inLanguage(text, 'en')).toBe(en);
});
