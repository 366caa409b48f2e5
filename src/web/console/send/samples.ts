/** Messages to begin with. */

/** A sample in both languages. */
export interface Sample {
  name: string;
  label: 'sampleAlarm' | 'sampleReport' | 'sampleRelease';
  zh: { title: string; summary: string; content: string };
  en: { title: string; summary: string; content: string };
}

/** All samples, in their order on the page. */
export const SAMPLES: readonly Sample[] = [
  {
    name: 'alarm',
    label: 'sampleAlarm',
    zh: {
      title: '数据库连接数过高',
      summary: 'db-1 连接数 480/500',
      content:
        '## 数据库连接数过高\n\n| 主机 | 当前 | 上限 |\n| --- | --- | --- |\n| db-1 | **480** | 500 |\n\n- 开始：今天 14:05\n- 负责人：值班同学\n',
    },
    en: {
      title: 'Too many database connections',
      summary: 'db-1: 480 of 500',
      content:
        '## Too many database connections\n\n| Host | Now | Limit |\n| --- | --- | --- |\n| db-1 | **480** | 500 |\n\n- Since 14:05\n- On call: ops\n',
    },
  },
  {
    name: 'report',
    label: 'sampleReport',
    zh: {
      title: '每日汇总',
      summary: '订单 1,204，退款 3',
      content: '# 每日汇总\n\n- 订单：**1,204**（+8%）\n- 退款：3\n- 新用户：96\n\n> 数据截至 24:00\n',
    },
    en: {
      title: 'Daily report',
      summary: '1,204 orders, 3 refunds',
      content:
        '# Daily report\n\n- Orders: **1,204** (+8%)\n- Refunds: 3\n- New users: 96\n\n> Up to midnight\n',
    },
  },
  {
    name: 'release',
    label: 'sampleRelease',
    zh: {
      title: 'v2.3.0 已发布',
      summary: '3 项新功能，5 个修复',
      content:
        '### v2.3.0\n\n1. 支持批量导出\n2. 登录更快\n3. 修复时区问题\n\n```bash\nnpm install app@2.3.0\n```\n',
    },
    en: {
      title: 'v2.3.0 is out',
      summary: '3 features, 5 fixes',
      content:
        '### v2.3.0\n\n1. Export in bulk\n2. Faster sign-in\n3. Time zones mended\n\n```bash\nnpm install app@2.3.0\n```\n',
    },
  },
];
