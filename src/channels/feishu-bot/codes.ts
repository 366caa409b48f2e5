/** What a Feishu robot's error codes mean. */
import type { RobotCode } from '#src/channels/robot-answers.js';
import type { JsonAnswer } from '#src/platforms/json-host.js';

const refused = (advice: string): RobotCode => ({ kind: 'refused', advice });
const often: RobotCode = {
  kind: 'rest',
  afterMs: 60_000,
  advice: '飞书限流（每分钟 100 条、每秒 5 条，整点和半点更严），稍后会自动发送 sent too often: it waits',
};

const CODES: Readonly<Record<number, RobotCode>> = {
  9499: refused('飞书不认识请求的格式 Feishu could not read the request'),
  10208: refused('消息类型不被支持，请改用另一种消息样式 choose another format'),
  11232: often,
  19001: refused(
    'Webhook 地址不正确，或机器人已被删除，请重新复制地址 the address is wrong or the bot is gone',
  ),
  19002: refused('参数不正确 a parameter is invalid'),
  19007: refused('机器人没有启用，请在群设置里启用它 the bot is not enabled'),
  19021: refused(
    '签名不正确，或时间戳超出一小时：请检查签名校验的密钥与服务器的时钟 check the signing secret and the server’s clock',
  ),
  19022: refused(
    '服务器的 IP 不在机器人的 IP 白名单里，请在机器人的安全设置里加入 the server’s IP is not allowed',
  ),
  19024: refused(
    '机器人设置了「自定义关键词」，标题或正文必须包含它，也可以改用「签名校验」 the message lacks the robot’s keyword',
  ),
  19036: refused('内容太长，请缩短后再发 the body is too large'),
};

/** What an answer's code means; unknown codes end the delivery. 9499 is also said for too many requests. */
export function describeFeishuCode({ code, message }: JsonAnswer): RobotCode {
  if (code === 9499 && /too many request|frequency limited/i.test(message)) {
    return often;
  }
  return CODES[code] ?? refused('飞书拒绝了这条消息 Feishu refused this message');
}
