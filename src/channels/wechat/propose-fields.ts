/** Proposes which part of a message fills each keyword of a template, by what its labels say and its kinds can hold. */
import type { TemplateField } from '#src/config.js';
import { type KeywordPlace, readShownPlaces } from './template-lines.js';

type Part = TemplateField['part'];

/** What labels say, in the order in which they are asked. */
const LABELS: readonly (readonly [RegExp, Part])[] = [
  [/时间|日期|时刻|\btime\b|\bdate\b/i, 'time'],
  [/内容|详情|备注|说明|摘要|原因|描述|content|detail|remark|summary/i, 'summary'],
  [/标题|主题|名称|事项|类型|告警|报警|状态|结果|级别|title|subject/i, 'title'],
  [/发送|发件|人员|联系人|姓名|用户|负责人|sender|name/i, 'sender'],
  [/应用|系统|来源|平台|服务|设备|项目|\bapp\b|system/i, 'app'],
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

interface Place extends KeywordPlace {
  part: Part | null;
}

/** The proposal for a template's text; empty for one that shows nothing on a phone. What WeChat hides is given nothing. */
export function proposeFields(content: string): TemplateField[] {
  const places: Place[] = readShownPlaces(content).map((place) => ({ ...place, part: null }));
  const wide = places.filter(({ kind }) => NARROW[kind] === undefined);
  for (const place of places) {
    const narrow = NARROW[place.kind];
    const said = whatLabelSays(place);
    // A kind of time takes nothing else, and nothing that is shorter than a sentence decides what a message is about.
    place.part = narrow === 'time' ? 'time' : wide.includes(place) ? said : (said ?? narrow ?? null);
  }
  settleTexts(wide);
  const left = IN_TURN.filter((part) => !places.some((place) => place.part === part));
  return places.map(({ keyword, part }) => ({ keyword, part: part ?? left.shift() ?? 'sender' }));
}

/** Sees that title and summary have a place among the keywords that hold a sentence. */
function settleTexts(wide: readonly Place[]): void {
  const texts = wide.filter(({ part }) => part !== 'time');
  const [only] = texts;
  if (only && texts.length === 1) {
    // Whatever its label: with one line for words, the title says most.
    only.part = 'title';
    return;
  }
  for (const part of ['title', 'summary'] as const) {
    const isThere = wide.some((place) => place.part === part);
    const free = texts.find((place) => place.part === null) ?? texts.find((place) => isSpare(place, texts));
    if (!isThere && free) {
      free.part = part;
    }
  }
}

/** The label decides; the keyword's own name (`title.DATA`) does where the label says nothing. */
function whatLabelSays({ label, keyword }: Place): Part | null {
  const say = (text: string) => LABELS.find(([form]) => form.test(text))?.[1] ?? null;
  return say(label) ?? say(keyword);
}

/** A keyword that may give way to title and summary. */
function isSpare({ part }: Place, texts: readonly Place[]): boolean {
  const isRepeated = texts.filter((place) => place.part === part).length > 1;
  return part !== null && (IN_TURN.indexOf(part) > 1 || isRepeated);
}
