/** The one table of limits that protect the operator's scarce things: what is counted, for whom, in what time, and how much is usual. */
import { inBoth } from '#src/lib/in-language.js';

/** Whom a limit counts: a person, the address or number that something goes to, the caller's network, or everybody together. */
export type LimitWho = 'person' | 'target' | 'address' | 'all';
/** A minute that moves along, a day of China, or what there is at a time. */
export type LimitSpan = 'minute' | 'day' | 'standing';

interface ActRow {
  zh: string;
  en: string;
  /** The usual numbers; absent: not counted so. */
  usual: Partial<Record<LimitWho, Partial<Record<LimitSpan, number>>>>;
}

/**
 * What is counted. The platform's own limits are WeChat's: 100,000 QR codes a day (10,000 for a test account), 100,000 permanent
 * ones for ever.
 */
export const ACTS = {
  'contact-code': {
    zh: '验证码',
    en: 'verification codes',
    usual: { person: { minute: 1, day: 10 }, target: { minute: 1, day: 5 }, all: { minute: 60, day: 1000 } },
  },
  'mail-question': {
    zh: '给收件人的确认信',
    en: 'mails that ask a receiver to agree',
    usual: { person: { minute: 10, day: 20 }, target: { minute: 1, day: 2 }, all: { minute: 60, day: 1000 } },
  },
  'server-mail': {
    zh: '本站代发的邮件',
    en: 'mails by this server’s mailer',
    usual: {
      person: { minute: 60, day: 500 },
      target: { minute: 60, day: 500 },
      all: { minute: 600, day: 20_000 },
    },
  },
  'server-sms': {
    zh: '本站代发的短信',
    en: 'SMS by this server’s account',
    usual: {
      person: { minute: 10, day: 100 },
      target: { minute: 10, day: 100 },
      all: { minute: 300, day: 5000 },
    },
  },
  'channel-test': {
    zh: '通道测试',
    en: 'channel tests',
    usual: { person: { minute: 10, day: 200 }, all: { minute: 200, day: 10_000 } },
  },
  'sign-in-code': {
    zh: '登录二维码',
    en: 'sign-in codes',
    usual: { address: { minute: 60, day: 2000 }, all: { minute: 300 } },
  },
  'oauth-call': {
    zh: '向微信问来者是谁',
    en: 'calls that ask WeChat who came',
    usual: { address: { minute: 120 }, all: { minute: 3000 } },
  },
  'demo-visit': {
    zh: '演示页的二维码',
    en: 'codes of the demo page',
    usual: { address: { minute: 10, day: 200 }, all: { minute: 60 } },
  },
  'notify-call': {
    zh: '通知页向企业微信的查询',
    en: 'calls of the notify page',
    usual: { address: { minute: 20 }, all: { minute: 120 } },
  },
  'notify-code': {
    zh: '新建的通知 Code',
    en: 'new notify codes',
    usual: { address: { minute: 5, day: 50 }, all: { day: 2000 } },
  },
  'qr-code': {
    zh: '向微信要的二维码',
    en: 'QR codes asked of WeChat',
    usual: { person: { minute: 300, day: 10_000 }, all: { day: 90_000 } },
  },
  'printable-code': {
    zh: '可打印的永久二维码',
    en: 'permanent QR codes for print',
    usual: { person: { day: 20, standing: 100 }, all: { day: 1000, standing: 90_000 } },
  },
  app: { zh: '应用', en: 'apps', usual: { person: { standing: 200 }, all: { standing: 100_000 } } },
  topic: {
    zh: '主题和群组',
    en: 'topics and groups',
    usual: { person: { standing: 1000 }, all: { standing: 500_000 } },
  },
  key: {
    zh: '密钥',
    en: 'keys',
    usual: { person: { day: 500, standing: 200 }, all: { standing: 10_000_000 } },
  },
  'access-key': {
    zh: '开放接口的 AccessKey',
    en: 'access keys of the open API',
    usual: { person: { minute: 60, day: 5000 } },
  },
  channel: { zh: '通道', en: 'channels', usual: { person: { standing: 50 }, all: { standing: 5_000_000 } } },
  callback: {
    zh: '回调地址',
    en: 'callback addresses',
    usual: { person: { standing: 1000 }, all: { standing: 500_000 } },
  },
  export: {
    zh: '个人数据的导出',
    en: 'exports of personal data',
    usual: { person: { minute: 5, day: 50 } },
  },
  megabyte: {
    zh: '保存的消息占用的兆字节',
    en: 'megabytes of messages kept',
    usual: { person: { standing: 2000 }, all: { standing: 500_000 } },
  },
} as const satisfies Record<string, ActRow>;

/** What is counted. */
export type Act = keyof typeof ACTS;

/** One limit. */
export interface LimitRow {
  /** `contact-code-target-day`. */
  name: string;
  act: Act;
  who: LimitWho;
  span: LimitSpan;
  usual: number;
}

/** All limits, in the order of the table. */
export const LIMITS: readonly LimitRow[] = (Object.keys(ACTS) as Act[]).flatMap((act) => {
  const usual: ActRow['usual'] = ACTS[act].usual;
  return (Object.keys(usual) as LimitWho[]).flatMap((who) =>
    (Object.entries(usual[who] ?? {}) as [LimitSpan, number][]).map(([span, count]) => ({
      name: `${act}-${who}-${span}`,
      act,
      who,
      span,
      usual: count,
    })),
  );
});

/** The most that a limit may be set to. */
export const MOST_LIMIT = 1_000_000_000;

const WHO: Readonly<Record<LimitWho, { zh: string; en: string }>> = {
  person: { zh: '每人', en: 'for each person' },
  target: { zh: '每个收件人', en: 'for each receiver' },
  address: { zh: '每个来访地址', en: 'for each caller’s address' },
  all: { zh: '全站', en: 'for the whole server' },
};
const SPAN: Readonly<Record<LimitSpan, { zh: string; en: string }>> = {
  minute: { zh: '每分钟', en: ' a minute' },
  day: { zh: '每天', en: ' a day' },
  standing: { zh: '共', en: '' },
};
const FREE: Readonly<Record<LimitSpan, { zh: string; en: string }>> = {
  minute: { zh: '一分钟后再试', en: 'try again in a minute' },
  day: { zh: '北京时间零点后再试', en: 'try again after midnight in China' },
  standing: { zh: '删掉不用的再来', en: 'remove what is not needed' },
};
/** These go by themselves, with time. */
const KEPT: readonly Act[] = ['megabyte'];
const KEPT_FREE = { zh: '到保留期的消息删除后再试', en: 'try again when older messages have gone' };

/** What a limit says, without its number. */
export function describeLimit({ act, who, span }: LimitRow): { zh: string; en: string } {
  return {
    zh: `${ACTS[act].zh}，${WHO[who].zh}${SPAN[span].zh}`,
    en: `${ACTS[act].en}${SPAN[span].en} ${WHO[who].en}`,
  };
}

/** What somebody is told who reaches a limit: what it is, when it frees, and who can change it. */
export function explainReached(row: LimitRow, count: number): string {
  const { zh, en } = describeLimit(row);
  const free = KEPT.includes(row.act) ? KEPT_FREE : FREE[row.span];
  return inBoth(
    `${zh}最多 ${count}，${free.zh}。管理员可在控制台「限额」里修改。`,
    `At most ${count} ${en}: ${free.en}. The operator can change this under “Limits” in the console.`,
  );
}
