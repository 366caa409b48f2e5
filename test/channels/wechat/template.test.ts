/** Which template carries messages, and what fills it. */
import { describe, expect, it } from 'vitest';
import { chooseTemplate, proposeFields } from '#src/channels/wechat/template.js';

const NONE = { templateId: null, templateFields: [] };
const HIDDEN = { id: 'built-in', content: '{{content.DATA}}' };
const CATEGORY = { id: 'category', content: '标题：{{thing1.DATA}}\n时间：{{time3.DATA}}' };
const FREE = { id: 'free', content: '{{ first.DATA }}\n标题：{{keyword1.DATA}}\n时间：{{keyword2.DATA}}' };

describe('the parts that are proposed for keywords', () => {
  it('are the time for times, and title, summary, app, sender in turn for texts', () => {
    const content = ['thing1', 'time2', 'thing3', 'date4', 'name5', 'const6', 'thing7']
      .map((keyword) => `标签：{{${keyword}.DATA}}`)
      .join('\n');
    expect(proposeFields(content).map(({ keyword, part }) => `${keyword}=${part}`)).toEqual([
      'thing1=title',
      'time2=time',
      'thing3=summary',
      'date4=time',
      'name5=app',
      'const6=sender',
      'thing7=sender',
    ]);
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

  it('is the configured one with the fields of its text, where none are configured', () => {
    expect(chooseTemplate({ ...NONE, templateId: 'free' }, [CATEGORY, FREE])?.fields).toEqual([
      { keyword: 'first', part: 'title' },
      { keyword: 'keyword1', part: 'summary' },
      { keyword: 'keyword2', part: 'app' },
    ]);
    expect(chooseTemplate({ ...NONE, templateId: 'gone' }, [CATEGORY])).toBeNull();
  });

  it('is the first of the account that shows two lines or more, where none is configured', () => {
    expect(chooseTemplate(NONE, [HIDDEN, CATEGORY, FREE])?.id).toBe('category');
    expect(chooseTemplate(NONE, [HIDDEN])).toBeNull();
    expect(chooseTemplate(NONE, [])).toBeNull();
    expect(chooseTemplate({ ...NONE, templateFields: fields }, [CATEGORY])).toEqual({
      id: 'category',
      fields,
    });
  });
});
