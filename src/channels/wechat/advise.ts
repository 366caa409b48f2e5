/** Advises which part of a message should fill each keyword of a template, by what its labels say and its kinds can hold. */
import type { TemplateField } from '#src/config.js';
import { keywordKind } from './keyword-values.js';

type Part = TemplateField['part'];

/** What labels say, in the order in which they are asked. */
const LABELS: readonly (readonly [RegExp, Part])[] = [
  [/时间|日期|time|date/i, 'time'],
  [/内容|详情|备注|说明|摘要|原因|描述|content|detail|remark/i, 'summary'],
  [/标题|主题|名称|事项|类型|告警|报警|状态|结果|级别|title|subject/i, 'title'],
  [/发送|发件|人员|联系人|姓名|用户|负责人|sender|name/i, 'sender'],
  [/应用|系统|来源|平台|服务|设备|项目|app|system/i, 'app'],
];
/** What kinds hold that cannot hold a whole sentence. */
const NARROW: Readonly<Record<string, Part>> = {
  time: 'time',
  date: 'time',
  phrase: 'title',
  short_thing: 'title',
  name: 'sender',
  const: 'app',
  character_string: 'app',
  letter: 'app',
  symbol: 'summary',
  number: 'summary',
  amount: 'summary',
  phone_number: 'summary',
  car_number: 'summary',
};
const IN_TURN: readonly Part[] = ['title', 'summary', 'app', 'sender'];

interface Place {
  keyword: string;
  label: string;
  kind: string;
  part: Part | null;
}

/** The advice for a template's text; empty for one without keywords. */
export function adviseFields(content: string): TemplateField[] {
  const places = readPlaces(content);
  const wide = places.filter(({ kind }) => NARROW[kind] === undefined);
  for (const place of places) {
    const narrow = NARROW[place.kind];
    const said = LABELS.find(([form]) => form.test(place.label))?.[1] ?? null;
    // A kind of time takes nothing else, and nothing that is shorter than a sentence decides what a message is about.
    place.part = narrow === 'time' ? 'time' : wide.includes(place) ? said : (said ?? narrow ?? null);
  }
  for (const part of ['title', 'summary'] as const) {
    const isThere = wide.some((place) => place.part === part);
    const free = wide.find((place) => place.part === null) ?? wide.find((place) => isSpare(place, wide));
    if (!isThere && free) {
      free.part = part;
    }
  }
  const left = IN_TURN.filter((part) => !places.some((place) => place.part === part));
  return places.map(({ keyword, part }) => ({ keyword, part: part ?? left.shift() ?? 'sender' }));
}

/** A keyword that may give way to title and summary. */
function isSpare({ part }: Place, wide: readonly Place[]): boolean {
  return (
    wide.length > 1 &&
    part !== null &&
    part !== 'time' &&
    (IN_TURN.indexOf(part) > 1 || count(wide, part) > 1)
  );
}

function count(places: readonly Place[], part: Part): number {
  return places.filter((place) => place.part === part).length;
}

function readPlaces(content: string): Place[] {
  const seen = new Set<string>();
  return content.split('\n').flatMap((line) =>
    [...line.matchAll(/([^{}]*)\{\{\s*(\w+)\.DATA\s*\}\}/g)].flatMap(([, label = '', keyword = '']) => {
      const isNew = !seen.has(keyword);
      seen.add(keyword);
      return isNew ? [{ keyword, label: label.trim(), kind: keywordKind(keyword), part: null }] : [];
    }),
  );
}
