/** Which template carries messages, and what fills it. */
import { describe, expect, it } from 'vitest';
import { chooseTemplate, proposeFields } from '#src/channels/wechat/template.js';

const NONE = { templateId: null, templateFields: [] };
const BARE = { id: 'bare', content: '{{title.DATA}}\n{{content.DATA}}\n{{time.DATA}}' };
const ONE_LINE = { id: 'one-line', content: '内容：{{content.DATA}}' };
const HIDDEN = { id: 'built-in', content: '{{content.DATA}}' };
const CATEGORY = { id: 'category', content: '标题：{{thing1.DATA}}\n时间：{{time3.DATA}}' };
const FREE = { id: 'free', content: '{{ first.DATA }}\n标题：{{keyword1.DATA}}\n时间：{{keyword2.DATA}}' };

const fieldsOf = (content: string): string =>
  proposeFields(content)
    .map(({ keyword, part }) => `${keyword}=${part}`)
    .join(' ');

describe('the parts that are proposed for keywords', () => {
  it('are the time for times, and title, summary, sender, app for texts by what their kinds hold', () => {
    const content = ['thing1', 'time2', 'thing3', 'date4', 'name5', 'const6', 'thing7']
      .map((keyword) => `标签：{{${keyword}.DATA}}`)
      .join('\n');
    expect(fieldsOf(content)).toBe(
      'thing1=title time2=time thing3=summary date4=time name5=sender const6=app thing7=sender',
    );
  });

  it.each([
    [
      '标题：{{keyword1.DATA}}\n内容：{{keyword2.DATA}}\n时间：{{keyword3.DATA}}',
      'keyword1=title keyword2=summary keyword3=time',
    ],
    [
      '时间：{{keyword1.DATA}}\n内容：{{keyword2.DATA}}\n标题：{{keyword3.DATA}}',
      'keyword1=time keyword2=summary keyword3=title',
    ],
    ['告警时间：{{thing1.DATA}}\n告警内容：{{thing2.DATA}}', 'thing1=time thing2=title'],
    [
      '应用：{{keyword1.DATA}}\n发生日期：{{keyword2.DATA}}\n详情：{{keyword3.DATA}}',
      'keyword1=title keyword2=time keyword3=summary',
    ],
    ['Title: {{a.DATA}}\nContent: {{b.DATA}}\nTime: {{c.DATA}}', 'a=title b=summary c=time'],
    ['Update: {{a.DATA}}\nContent: {{b.DATA}}', 'a=title b=summary'],
    ['· {{title.DATA}}\n· {{content.DATA}}\n· {{time.DATA}}', 'title=title content=summary time=time'],
    ['应用：{{title.DATA}}', 'title=title'],
  ])('go by the labels of %j', (content, fields) => {
    expect(fieldsOf(content)).toBe(fields);
  });

  it('are none for what WeChat hides: lines without a label, first and remark', () => {
    expect(fieldsOf('{{title.DATA}}\n{{content.DATA}}\n{{time.DATA}}')).toBe('');
    expect(fieldsOf(' {{ title.DATA }} {{content.DATA}} \n\n标题')).toBe('');
    expect(
      fieldsOf('{{first.DATA}}\n告警内容：{{keyword1.DATA}}\n告警时间：{{keyword2.DATA}}\n{{remark.DATA}}'),
    ).toBe('keyword1=title keyword2=time');
    expect(fieldsOf('你好：{{first.DATA}}\n标题：{{a.DATA}}\n备注：{{remark.DATA}}')).toBe('a=title');
  });

  it('never put anything but the time where a label asks for one', () => {
    const texts = ['标题', '告警内容', '应用', '发送人', '备注', '状态', 'x', ''];
    for (const [at, label] of texts.entries()) {
      const content = `${label}：{{thing1.DATA}}\n发生时间：{{keyword2.DATA}}\n${texts[(at + 3) % texts.length]}：{{thing3.DATA}}`;
      expect(fieldsOf(content)).toContain('keyword2=time');
    }
  });

  it('are none for a text without keywords', () => {
    expect(proposeFields('没有关键词 {{nothing}}')).toEqual([]);
  });
});

describe('the template that is chosen', () => {
  const fields = [{ keyword: 'thing1', part: 'title' as const }];

  it('is the configured one as it is, whatever the account has', () => {
    const configured = { templateId: 'mine', templateFields: fields };
    expect(chooseTemplate(configured, [])).toEqual({ id: 'mine', fields });
    expect(chooseTemplate(configured, [CATEGORY])).toEqual({ id: 'mine', fields });
  });

  it('is the configured one with the fields that its text shows, where none are configured', () => {
    expect(chooseTemplate({ ...NONE, templateId: 'free' }, [CATEGORY, FREE])?.fields).toEqual([
      { keyword: 'keyword1', part: 'title' },
      { keyword: 'keyword2', part: 'time' },
    ]);
    expect(chooseTemplate({ ...NONE, templateId: 'gone' }, [CATEGORY])).toBeNull();
    expect(chooseTemplate({ ...NONE, templateId: 'bare' }, [BARE, CATEGORY])).toBeNull();
  });

  it('is the first of the account that shows two lines or more, where none is configured', () => {
    expect(chooseTemplate(NONE, [HIDDEN, BARE, CATEGORY, FREE])?.id).toBe('category');
    expect(chooseTemplate(NONE, [ONE_LINE, FREE])?.id).toBe('free');
    expect(chooseTemplate(NONE, [BARE, ONE_LINE])?.id).toBe('one-line');
    expect(chooseTemplate(NONE, [HIDDEN, BARE])).toBeNull();
    expect(chooseTemplate(NONE, [])).toBeNull();
    expect(chooseTemplate({ ...NONE, templateFields: fields }, [CATEGORY])).toEqual({
      id: 'category',
      fields,
    });
  });
});
