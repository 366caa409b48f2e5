/** The account's template library: listing, adding, removing, and the legacy industries. */
import { type CallInput, OK, textIn, type WechatCalls } from './calls.js';
import { Refusal } from './errors.js';
import { fillLine, type Template } from './templates.js';

/** Category templates have numeric short ids, industry templates begin with letters. */
const CATEGORY_ID = /^\d{1,8}$/;
const INDUSTRY_ID = /^(?:TM|OPENTM)\d+$/;
const MAX_KEYWORDS = 8;

/** What the keyword's Chinese name says about its type; `thing` otherwise. */
const TYPE_BY_NAME: readonly [RegExp, string][] = [
  [/时间/, 'time'],
  [/日期/, 'date'],
  [/金额|价格|费用/, 'amount'],
  [/数量|次数|数$/, 'number'],
  [/编号|单号|编码|号码/, 'character_string'],
  [/电话|手机/, 'phone_number'],
  [/车牌/, 'car_number'],
  [/状态|结果/, 'phrase'],
  [/姓名/, 'name'],
];

/** Everything below /cgi-bin/template. */
export const templateAdminCalls: WechatCalls = {
  '/cgi-bin/template/get_all_private_template': {
    method: 'GET',
    isServiceOnly: true,
    run: ({ state }) => ({ template_list: [...state.templates.list().map(toListed), BUILT_IN] }),
  },
  '/cgi-bin/template/api_add_template': { method: 'POST', isServiceOnly: true, run: addTemplate },
  '/cgi-bin/template/del_private_template': {
    method: 'POST',
    isServiceOnly: true,
    run: ({ state, body }) => {
      const id = textIn(body, 'template_id');
      if (!state.templates.remove(id)) {
        throw new Refusal(id === '' ? 40036 : 40037);
      }
      return OK;
    },
  },
  '/cgi-bin/template/api_set_industry': { method: 'POST', isServiceOnly: true, run: () => OK },
  '/cgi-bin/template/get_industry': {
    method: 'GET',
    isServiceOnly: true,
    run: () => ({
      primary_industry: { first_class: 'IT科技', second_class: '互联网|电子商务' },
      secondary_industry: { first_class: 'IT科技', second_class: 'IT软件与服务' },
    }),
  },
};

/** Every account lists this one, which cannot be sent by template/send. */
const BUILT_IN = {
  template_id: 'sim-subscribe-message-template',
  title: '订阅模板消息',
  primary_industry: '',
  deputy_industry: '',
  content: '{{content.DATA}}',
  example: '',
};

function toListed(template: Template): object {
  const isCategory = template.kind === 'category';
  return {
    template_id: template.id,
    title: template.title,
    primary_industry: isCategory ? '' : 'IT科技',
    deputy_industry: isCategory ? '' : '互联网|电子商务',
    content: template.content,
    example: fillLine(template.content, () => '示例'),
  };
}

function addTemplate({ state, body }: CallInput): object {
  const shortId = textIn(body, 'template_id_short');
  const isCategory = CATEGORY_ID.test(shortId);
  if (!isCategory && !INDUSTRY_ID.test(shortId)) {
    throw new Refusal(40037);
  }
  const content = isCategory ? categoryContent(body.keyword_name_list) : industryContent();
  const title = isCategory ? `类目模板${shortId}` : `行业模板${shortId}`;
  const template = state.templates.add({ title, kind: isCategory ? 'category' : 'free', content });
  if (!template) {
    throw new Refusal(45026);
  }
  state.world.live.tell('menu', { templates: true });
  return { errcode: 0, errmsg: 'ok', template_id: template.id };
}

function categoryContent(names: unknown): string {
  const list = Array.isArray(names) ? names : [];
  if (
    list.length === 0 ||
    list.length > MAX_KEYWORDS ||
    !list.every((name) => typeof name === 'string' && name)
  ) {
    throw new Refusal(47001);
  }
  return list.map((name: string, index) => `${name}：{{${typeOf(name)}${index + 1}.DATA}}`).join('\n');
}

function typeOf(name: string): string {
  return TYPE_BY_NAME.find(([pattern]) => pattern.test(name))?.[1] ?? 'thing';
}

function industryContent(): string {
  return '{{first.DATA}}\n标题：{{keyword1.DATA}}\n时间：{{keyword2.DATA}}\n{{remark.DATA}}';
}
