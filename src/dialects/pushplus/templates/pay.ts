/** The pay template: a payment that came in. */
import { formatChinaTime } from '#src/lib/china-time.js';
import { type Drawing, toDrawing } from './drawing.js';
import { banner, facts } from './markup.js';
import { drawRest } from './rest.js';
import { textAt, type Value } from './value.js';

const KNOWN = ['amount', 'payWay', 'successTime', 'orderNo', 'name', 'payState'];

/** Draws a payment, or null when there is no amount in it. */
export function drawPay(value: Value, now: Date): Drawing | null {
  const amount = textAt(value, 'amount');
  if (amount === '') {
    return null;
  }
  const money = /^\d+(?:\.\d+)?$/.test(amount) ? `${amount} 元` : amount;
  const state = textAt(value, 'payState') || '支付成功';
  const way = textAt(value, 'payWay');
  const name = textAt(value, 'name');
  const mood = /退款|失败|关闭|取消|fail|refund|closed?|cancel/i.test(state) ? 'warn' : 'good';
  return toDrawing(
    [
      banner(mood, state, { value: money, note: name }),
      facts([
        ['支付方式', way],
        ['支付时间', textAt(value, 'successTime') || formatChinaTime(now)],
        ['订单号', textAt(value, 'orderNo')],
      ]),
      drawRest(value, KNOWN),
    ],
    [`${way}${state} ${money}`, name],
  );
}
