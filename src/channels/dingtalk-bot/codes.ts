/** What a DingTalk robot's error codes mean; 310000 stands for every safety setting and tells which in its words. */
import type { RobotCode } from '#src/channels/robot-answers.js';
import type { JsonAnswer } from '#src/platforms/json-host.js';

const refused = (advice: string): RobotCode => ({ kind: 'refused', advice });
const often = (afterMs: number): RobotCode => ({
  kind: 'rest',
  afterMs,
  advice: '每个机器人每分钟最多 20 条，超出后停 10 分钟，稍后会自动发送 sent too often: it waits',
});
const noToken = refused(
  '机器人的 access_token 不正确，或机器人已被删除，请重新复制 Webhook 地址 the token is wrong or the bot is gone',
);

const CODES: Readonly<Record<number, RobotCode>> = {
  [-1]: { kind: 'retry', advice: '钉钉系统繁忙，通常很快自行恢复 busy: that mostly passes by itself' },
  130101: often(600_000),
  300001: noToken,
  300005: noToken,
  400013: refused('群已解散，请在别的群里添加机器人 the group was dissolved'),
  400101: noToken,
  400102: refused('机器人已被停用，请在群设置里启用它 the bot is disabled'),
  410100: often(60_000),
  430101: refused('内容里有不安全的链接，被钉钉拒绝 the content was refused as unsafe'),
  460101: refused('内容超过 20000 字节，请缩短后再发 longer than 20,000 bytes'),
};

/** The safety settings by what 310000 says, in English or Chinese; its words on a signature can name the time as well. */
const SAFETY: readonly [RegExp, string][] = [
  [
    /invalid timestamp|(?:timestamp|时间戳) ?无效/i,
    '时间戳超出一小时：请校准服务器的时钟 the timestamp is over an hour off: set the server’s clock',
  ],
  [
    /keyword|关键词/i,
    '机器人设置了「自定义关键词」，标题或正文必须包含它，也可以改用「加签」 the message lacks the robot’s keyword',
  ],
  [
    /sign|签名/i,
    '签名不正确：请检查加签密钥（以 SEC 开头），或在机器人的安全设置里核对 wrong signature: check the secret',
  ],
  [
    /whitelist|白名单/i,
    '服务器的 IP 不在机器人的 IP 白名单里，请在机器人的安全设置里加入 the server’s IP is not allowed',
  ],
];

/** What an answer's code means; unknown codes end the delivery. */
export function describeDingtalkCode({ code, message }: JsonAnswer): RobotCode {
  if (code === 310000) {
    const advice = SAFETY.find(([words]) => words.test(message))?.[1];
    const ip = /ip ([0-9a-f.:]*[0-9a-f])/i.exec(message)?.[1];
    return refused(
      (advice ?? '不符合机器人的安全设置，请检查 check the robot’s safety settings') +
        (ip ? `；IP ${ip}` : ''),
    );
  }
  return CODES[code] ?? refused('钉钉拒绝了这条消息 DingTalk refused this message');
}
