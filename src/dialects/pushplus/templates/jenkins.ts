/** The jenkins template: how a build ended. */
import { type Drawing, toDrawing } from './drawing.js';
import { action, banner, facts, type Mood } from './markup.js';
import { drawRest } from './rest.js';
import { textAt, type Value } from './value.js';

/** What the plugin sends; title and topic are parameters of the call that it writes into the same body. */
const KNOWN =
  'buildState projectName buildNumber buildUser buildLogUrl projectUrl costTime title topic token template'.split(
    ' ',
  );

/** Jenkins's own results beside the plugin's Chinese words. */
const MOODS: readonly (readonly [RegExp, Mood])[] = [
  [/失败|错误|fail|error/i, 'bad'],
  [/不稳定|中止|取消|unstable|abort|cancel|not_built/i, 'warn'],
  [/成功|success/i, 'good'],
];

/** Draws a build, or null when neither its result nor its project is told. */
export function drawJenkins(value: Value): Drawing | null {
  const project = textAt(value, 'projectName');
  const state = textAt(value, 'buildState');
  if (project === '' && state === '') {
    return null;
  }
  const number = textAt(value, 'buildNumber').replace(/^(?=\d)/, '#');
  const user = textAt(value, 'buildUser');
  const cost = toDuration(textAt(value, 'costTime'));
  const mood = MOODS.find(([pattern]) => pattern.test(state))?.[1] ?? 'calm';
  return toDrawing(
    [
      banner(mood, state || '构建结束', { note: [project, number].filter(Boolean).join(' ') }),
      facts([
        ['构建人', user],
        ['耗时', cost],
      ]),
      action('查看构建日志 Build log', textAt(value, 'buildLogUrl')),
      action('打开项目 Project', textAt(value, 'projectUrl')),
      drawRest(value, KNOWN),
    ],
    [
      `${[project, number].filter(Boolean).join(' ')} ${state}`,
      cost && `耗时 ${cost}`,
      user && `构建人 ${user}`,
    ],
  );
}

/** Bare numbers are seconds. */
function toDuration(text: string): string {
  if (!/^\d{1,9}(?:\.\d+)?$/.test(text)) {
    return text;
  }
  const seconds = Math.round(Number(text));
  const minutes = Math.floor(seconds / 60);
  return minutes === 0 ? `${seconds} 秒` : `${minutes} 分 ${seconds % 60} 秒`;
}
