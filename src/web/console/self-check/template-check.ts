/** The check of the message template: it is in the account, and what fills it fits its keywords. */
import { bad, type CheckNeeds, type Finding, good, refused, say } from './finding.js';

/** The keywords of a template's text, each once. */
export function readKeywords(content: string): string[] {
  return [...new Set([...content.matchAll(/\{\{\s*(\w+)\.DATA\s*\}\}/g)].map(([, keyword = '']) => keyword))];
}

/** Looks the template in use up in the account and compares keywords. */
export async function checkTemplate({ outside, core }: CheckNeeds): Promise<Finding> {
  const told = await outside.wechat.listTemplates();
  if (!told.ok) {
    return refused(told);
  }
  const { choice, source } = outside.template.findInUse(told.value, await core.templateChoices.read());
  if (!choice) {
    return withAssistant(
      bad(
        say('公众号里没有可用的模板', 'The account has no template that fits'),
        say(
          '在公众平台「广告与服务 → 模板消息」里添加一个带两个以上关键词的模板，再用模板助手选它。',
          'Add one with two keywords or more in the account’s template messages, then choose it with the assistant.',
        ),
      ),
    );
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
  const keywords = readKeywords(template.content);
  const named = choice.fields.map(({ keyword }) => keyword);
  const strange = named.filter((keyword) => !keywords.includes(keyword));
  const empty = keywords.filter((keyword) => !named.includes(keyword));
  if (strange.length + empty.length > 0) {
    return withAssistant(tellMismatch(template.title, strange, empty, source === 'settings'));
  }
  const list = choice.fields.map(({ keyword, part }) => `${keyword}=${part}`).join(', ');
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
  return bad(
    say(`模板「${title}」${zh}`, `Template “${title}”: ${en}`),
    isSetting
      ? say(
          '按模板助手给出的写法修改 WECHAT_TEMPLATE_FIELDS，再重启。',
          'Set WECHAT_TEMPLATE_FIELDS as the assistant says, and restart.',
        )
      : say('用模板助手重新对应。', 'Map the keywords again with the assistant.'),
  );
}

function withAssistant(finding: Finding): Finding {
  return { ...finding, action: 'template' };
}
