/** The cloudMonitor template: the alarms and events that Aliyun's cloud monitor calls an address with. */
import { formatChinaTime } from '#src/lib/china-time.js';
import { METRICS, PRODUCTS } from './aliyun-names.js';
import { type Drawing, toDrawing } from './drawing.js';
import { banner, facts, type Mood, section } from './markup.js';
import { readValue } from './read-value.js';
import { drawRest } from './rest.js';
import { drawValue } from './tree.js';
import { fieldsOf, itemsOf, lookUp, pick, textAt, toLine, type Value } from './value.js';

interface Word {
  word: string;
  mood: Mood;
}

/** `ALARM` in one edition of Aliyun's documentation, `ALERT` in the next. */
const STATES: Readonly<Record<string, Word>> = {
  ALERT: { word: '报警', mood: 'bad' },
  ALARM: { word: '报警', mood: 'bad' },
  OK: { word: '恢复正常', mood: 'good' },
  INSUFFICIENT_DATA: { word: '数据不足', mood: 'warn' },
};

const LEVELS: Readonly<Record<string, Word>> = {
  CRITICAL: { word: '严重', mood: 'bad' },
  WARN: { word: '警告', mood: 'warn' },
  INFO: { word: '信息', mood: 'calm' },
  OK: { word: '正常', mood: 'good' },
};

/** How an event stands. */
const PROGRESS: Readonly<Record<string, string>> = {
  Normal: '正常',
  Scheduled: '计划中',
  Executing: '执行中',
  Executed: '已完成',
  Failed: '失败',
  Canceled: '已取消',
  Avoided: '已避免',
};

const STATISTICS: Readonly<Record<string, string>> = {
  Average: '平均值',
  Maximum: '最大值',
  Minimum: '最小值',
  Sum: '总和',
  Value: '值',
  value: '值',
};

/** Draws an alarm or an event, or null when it is neither. */
export function drawCloudMonitor(value: Value, now: Date): Drawing | null {
  if (textAt(value, 'alertState') !== '' || textAt(value, 'alertName') !== '') {
    return drawAlarm(value, now);
  }
  return textAt(value, 'name') !== '' && pick(value, 'content') ? drawEvent(value, now) : null;
}

const ALARM_FIELDS =
  'alertName alertState curValue dimensions expression instanceName metricName metricProject namespace lastTime ' +
  'preTriggerLevel triggerLevel timestamp ruleId userId signature transId rawMetricName regionName regionId';

function drawAlarm(value: Value, now: Date): Drawing {
  const state = wordOf(STATES, textAt(value, 'alertState') || 'ALERT');
  const metricName = textAt(value, 'metricName') || textAt(value, 'rawMetricName');
  const metric = lookUp(METRICS, metricName) ?? { word: metricName, unit: '' };
  const current = withUnit(textAt(value, 'curValue'), metric.unit);
  const name = textAt(value, 'alertName');
  const instance = textAt(value, 'instanceName') || resourceOf(value);
  const condition = toCondition(textOrList(value, 'expression'), metric.unit);
  const project = textAt(value, 'namespace') || textAt(value, 'metricProject');
  return toDrawing(
    [
      banner(state.mood, `${state.word}：${metric.word || name}`, { value: current, note: instance }),
      facts([
        ['报警规则', name],
        ['触发条件', condition],
        ['级别', toLevels(value)],
        ['产品', lookUp(PRODUCTS, project.replace(/_dashboard$/, '')) ?? project],
        ['地域', textAt(value, 'regionName') || textAt(value, 'regionId')],
        ['资源', resourceOf(value)],
        ['持续时间', textAt(value, 'lastTime')],
        ['时间', toTime(textAt(value, 'timestamp'), now)],
      ]),
      drawRest(value, ALARM_FIELDS.split(' ')),
    ],
    [`${state.word} ${metric.word || name} ${current}`, instance, condition],
  );
}

const EVENT_FIELDS =
  'name content level product instanceName regionId regionName resourceId status eventTime time id ver eventType userId signature';

function drawEvent(value: Value, now: Date): Drawing {
  const level = wordOf(LEVELS, textAt(value, 'level'));
  const name = textAt(value, 'name');
  const content = pick(value, 'content');
  const detail = (content?.kind === 'text' && readValue(content.text)) || content;
  const instance = textAt(value, 'instanceName');
  const product = textAt(value, 'product');
  const status = lookUp(PROGRESS, textAt(value, 'status')) ?? textAt(value, 'status');
  return toDrawing(
    [
      banner(level.mood, `${level.word || '事件'}：${instance || product}`, { note: name }),
      facts([
        ['产品', lookUp(PRODUCTS, `acs_${product.toLowerCase()}`) ?? product],
        ['状态', status],
        ['地域', textAt(value, 'regionName') || textAt(value, 'regionId')],
        ['资源', textAt(value, 'resourceId')],
        ['时间', toTime(textAt(value, 'eventTime') || textAt(value, 'time'), now)],
      ]),
      section('事件详情', detail ? drawValue(detail) : ''),
      drawRest(value, EVENT_FIELDS.split(' ')),
    ],
    [`${level.word} ${name}`, product, instance, status],
  );
}

function wordOf(words: Readonly<Record<string, Word>>, name: string): Word {
  return lookUp(words, name.toUpperCase()) ?? { word: name, mood: 'calm' };
}

/** `警告`, or `警告 → 严重` where the level changed. */
function toLevels(value: Value): string {
  const [before, after] = ['preTriggerLevel', 'triggerLevel'].map(
    (name) => wordOf(LEVELS, textAt(value, name)).word,
  );
  return before && after && before !== after ? `${before} → ${after}` : after || before || '';
}

/** The ids of what the alarm is about: a list, a map, or one of them as a text; the user's own id says nothing. */
function resourceOf(value: Value): string {
  const dimensions = textOrList(value, 'dimensions');
  const ids = itemsOf(dimensions).flatMap((one) => fieldsOf(one).filter(([name]) => name !== 'userId'));
  const texts = ids.map(([name, id]) => (name === 'instanceId' ? toLine(id) : `${name} ${toLine(id)}`));
  return texts.length > 0 ? texts.join('，') : dimensions?.kind === 'text' ? dimensions.text : '';
}

/** Aliyun writes some lists as texts. */
function textOrList(value: Value, name: string): Value | undefined {
  const found = pick(value, name);
  return (found?.kind === 'text' && readValue(found.text)) || found;
}

/** `$Average>=95`, or a list of such with how often in a row. */
function toCondition(expression: Value | undefined, unit: string): string {
  const all = itemsOf(expression).map((one) => {
    const text = one.kind === 'text' ? one.text : textAt(one, 'expression');
    const times = textAt(one, 'times');
    return `${withUnit(spell(text), unit)}${times && times !== '1' ? `，连续 ${times} 次` : ''}`;
  });
  return all.join('；');
}

function spell(expression: string): string {
  return expression
    .replace(/\$(\w+)/g, (whole, name: string) => lookUp(STATISTICS, name) ?? whole)
    .replace(/\s*(>=|<=|==|!=|>|<)\s*/g, ' $1 ');
}

function withUnit(text: string, unit: string): string {
  return unit !== '' && /\d$/.test(text) ? `${text}${unit}` : text;
}

/** Seconds, milliseconds or `20260731T093000.000+0800` as China's time; anything else as it is. */
function toTime(text: string, now: Date): string {
  if (/^\d{10}(?:\d{3})?$/.test(text)) {
    return formatChinaTime(new Date(Number(text) * (text.length === 10 ? 1000 : 1)));
  }
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(?:\.\d+)?\+0800$/.exec(text);
  const [, year, month, day, hour, minute, second] = parts ?? [];
  return parts ? `${year}-${month}-${day} ${hour}:${minute}:${second}` : text || formatChinaTime(now);
}
