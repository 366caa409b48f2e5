/** The check of the message template: it is in the account, and what fills it fits its keywords. */
import type { TemplateChoice } from '#src/core/template-choice.js';
import { bad, type CheckNeeds, type Finding, good, refused, say, type Words } from './finding.js';

/** What to do about a template of which a phone shows nothing. */
const LABEL_EACH_LINE = say(
  '微信会隐藏没有标签的行，以及 first 和 remark。在公众平台新增一个每行都写成「标题：{{title.DATA}}」的模板，再用模板助手选它。',
  'WeChat hides lines without a label, and first and remark. Add a template with a label on each line (标题：{{title.DATA}}), then choose it with the assistant.',
);

/** Looks the template in use up in the account, and compares what fills it with what a phone shows of it. */
export async function checkTemplate({ outside, core }: CheckNeeds): Promise<Finding> {
  const told = await outside.wechat.listTemplates();
  if (!told.ok) {
    return refused(told);
  }
  const { choice, source } = outside.template.findInUse(told.value, await core.templateChoices.read());
  if (!choice) {
    const found = say('公众号里没有可用的模板', 'The account has no template that fits');
    return withAssistant(bad(found, LABEL_EACH_LINE));
  }
  const template = told.value.find(({ id }) => id === choice.id);
  if (!template) {
    const where = source === 'settings' ? 'WECHAT_TEMPLATE_ID' : '模板助手 the assistant';
    return withAssistant(
      bad(
        say(`公众号里没有模板 ${choice.id}`, `The account has no template ${choice.id}`),
        say(
          `它由 ${where} 指定；可能已被删除，请重新选择。`,
          `It was set by ${where} and may be gone: choose again.`,
        ),
      ),
    );
  }
  const places = outside.template.readPlaces(template.content);
  const isShown = (keyword: string) => places.some((place) => place.keyword === keyword && !place.isHidden);
  const shown = choice.fields.filter(({ keyword }) => isShown(keyword));
  if (!places.some(({ isHidden }) => !isHidden)) {
    return withAssistant(tellHidden(template.title));
  }
  const named = choice.fields.map(({ keyword }) => keyword);
  const strange = named.filter((named) => !places.some(({ keyword }) => keyword === named));
  const empty = places.filter(({ keyword }) => isShown(keyword) && !named.includes(keyword));
  if (strange.length + empty.length > 0) {
    const keywords = empty.map(({ keyword }) => keyword);
    return withAssistant(tellMismatch(template.title, strange, keywords, source === 'settings'));
  }
  const lost = choice.fields.filter(
    ({ part }) => isWords(part) && !shown.some((field) => field.part === part),
  );
  if (lost.length > 0 || !shown.some(({ part }) => isWords(part))) {
    return withAssistant(tellLost(template.title, lost, source === 'settings'));
  }
  const list = shown.map(({ keyword, part }) => `${keyword}=${part}`).join(', ');
  return withAssistant(good(`「${template.title}」：${list}`, `“${template.title}”: ${list}`));
}

function tellMismatch(title: string, strange: string[], empty: string[], isSetting: boolean): Finding {
  const zh = [
    ...(strange.length > 0 ? [`没有关键词 ${strange.join('、')}`] : []),
    ...(empty.length > 0 ? [`关键词 ${empty.join('、')} 没有对应的内容`] : []),
  ].join('；');
  const en = [
    ...(strange.length > 0 ? [`there is no keyword ${strange.join(', ')}`] : []),
    ...(empty.length > 0 ? [`nothing fills ${empty.join(', ')}`] : []),
  ].join('; ');
  return bad(say(`模板「${title}」${zh}`, `Template “${title}”: ${en}`), mapAgain(isSetting));
}

/** What a message is about; the rest only says when and whose it is. */
function isWords(part: TemplateChoice['fields'][number]['part']): boolean {
  return part === 'title' || part === 'summary';
}

function tellHidden(title: string): Finding {
  return bad(
    say(
      `模板「${title}」在手机上只显示标题栏，一行内容也没有`,
      `Of template “${title}” a phone shows the title bar and not one line`,
    ),
    LABEL_EACH_LINE,
  );
}

function tellLost(title: string, lost: TemplateChoice['fields'], isSetting: boolean): Finding {
  const fields = lost.map(({ keyword, part }) => `${keyword}=${part}`).join(', ');
  return bad(
    lost.length > 0
      ? say(
          `模板「${title}」的 ${fields} 在手机上不显示`,
          `Template “${title}”: a phone does not show ${fields}`,
        )
      : say(
          `模板「${title}」不显示消息的标题和摘要`,
          `Template “${title}” shows neither title nor summary of a message`,
        ),
    mapAgain(isSetting),
  );
}

function mapAgain(isSetting: boolean): Words {
  return isSetting
    ? say(
        '按模板助手给出的写法修改 WECHAT_TEMPLATE_FIELDS，再重启。',
        'Set WECHAT_TEMPLATE_FIELDS as the assistant says, and restart.',
      )
    : say('用模板助手重新对应。', 'Map the keywords again with the assistant.');
}

function withAssistant(finding: Finding): Finding {
  return { ...finding, action: 'template' };
}
