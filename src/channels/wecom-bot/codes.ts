/** What a WeCom group robot's error codes mean. */
import type { RobotCode } from '#src/channels/robot-answers.js';
import type { JsonAnswer } from '#src/platforms/json-host.js';

const CODES: Readonly<Record<number, RobotCode>> = {
  [-1]: { kind: 'retry', advice: '企业微信系统繁忙，通常很快自行恢复 busy: that mostly passes by itself' },
  40008: { kind: 'refused', advice: '消息类型不被支持，请改用另一种消息样式 choose another format' },
  40058: {
    kind: 'refused',
    advice: '内容不符合要求（多半是太长），请缩短后再发 the content is invalid or too long',
  },
  45009: {
    kind: 'rest',
    afterMs: 60_000,
    advice: '每个机器人每分钟最多 20 条，稍后会自动发送 20 messages a minute: it waits',
  },
  93000: {
    kind: 'refused',
    advice:
      '机器人的 key 不正确，或机器人已被移出群，请在群里重新添加机器人并更新地址里的 key。 the key is wrong or the bot was removed',
  },
};

/** What an answer's code means; unknown codes end the delivery. */
export function describeWecomBotCode({ code }: JsonAnswer): RobotCode {
  return CODES[code] ?? { kind: 'refused', advice: '企业微信拒绝了这条消息 WeCom refused this message' };
}
