/** Messages to begin with. */

import { DATA_FORMATS } from './schema.js';

type DataFormat = (typeof DATA_FORMATS)[number];

/** A sample in both languages. */
export interface Sample {
  name: string;
  label: 'sampleAlarm' | 'sampleReport' | 'sampleRelease' | DataFormat;
  format: 'markdown' | DataFormat;
  zh: { title: string; summary: string; content: string };
  en: { title: string; summary: string; content: string };
}

/** Contents as the systems send them for which the templates are made. */
const DATA: Readonly<Record<DataFormat, { titles: readonly [zh: string, en: string]; content: object }>> = {
  json: {
    titles: ['今日订单', 'Orders of today'],
    content: { shop: '朝阳店', orders: 128, amount: '3560.50', top: [{ name: '美式', count: 42 }] },
  },
  cloudMonitor: {
    titles: ['云监控报警', 'An alarm of cloudMonitor'],
    content: {
      alertName: 'web-01 内存使用率',
      alertState: 'ALERT',
      curValue: '97.39',
      expression: '$Average>=95',
      instanceName: 'web-01',
      metricName: 'Host.mem.usedutilization',
      metricProject: 'acs_ecs',
      triggerLevel: 'CRITICAL',
      timestamp: '1795406400000',
    },
  },
  jenkins: {
    titles: ['构建通知', 'A build'],
    content: {
      buildState: '构建成功',
      projectName: 'shop-api',
      buildNumber: '11',
      buildUser: 'ming',
      buildLogUrl: 'https://ci.example.com/job/shop-api/11/console',
      costTime: '83',
    },
  },
  route: {
    titles: ['路由器日报', 'The router’s report'],
    content: {
      msgTYPE: 'cronINFO',
      netINFO: {
        WAN: [{ wanRX: '23.5 GiB', wanTX: '10.6 GiB', wanIPv4: '10.0.0.2', pubIPv4: '203.0.113.8' }],
        routerLANIP: '192.168.1.1',
      },
      cliINFO: [{ ip: '192.168.1.21', name: 'ming-phone' }],
      sysINFO: { routerNAME: 'RT-AC86U', routerUPTIME: '2天21时' },
      tempINFO: { unit: '°C', CPU: 75.3 },
    },
  },
  pay: {
    titles: ['收款到账', 'A payment'],
    content: {
      amount: '20元',
      payWay: '微信',
      successTime: '2026-11-14 22:40:22',
      orderNo: '25486454012345678901',
      name: '美式咖啡',
      payState: '支付成功',
    },
  },
};

/** All samples, in their order on the page. */
export const SAMPLES: readonly Sample[] = [
  {
    name: 'alarm',
    label: 'sampleAlarm',
    format: 'markdown',
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
    format: 'markdown',
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
    format: 'markdown',
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
  ...DATA_FORMATS.map(toSample),
];

function toSample(name: DataFormat): Sample {
  const { titles, content } = DATA[name];
  const text = JSON.stringify(content, null, 2);
  const words = (title: string) => ({ title, summary: '', content: text });
  return { name, label: name, format: name, zh: words(titles[0]), en: words(titles[1]) };
}
