/** Every template with the content that its senders document, as a reader gets to see it. */
import { describe, expect, it } from 'vitest';
import { drawTemplate, TEMPLATES } from '#src/dialects/pushplus/templates/index.js';
import { hasOwnColors, sanitizeHtml } from '#src/lib/html.js';
import { toPlainText } from '#src/lib/text.js';

const NOW = new Date('2026-11-23T01:02:03Z');

function draw(template: string, content: unknown) {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  const drawn = drawTemplate(template, text, NOW);
  return { ...drawn, reads: toPlainText(drawn.body, drawn.format) };
}

const ALARM = {
  alertName: '基础监控-ECS-内存使用率',
  alertState: 'ALERT',
  curValue: '97.39',
  dimensions: '{userId=12****, instanceId=i-12****}',
  expression: '$Average>=95',
  instanceName: 'web-01',
  metricName: 'Host.mem.usedutilization',
  metricProject: 'acs_ecs',
  namespace: 'acs_ecs',
  preTriggerLevel: 'WARN',
  triggerLevel: 'CRITICAL',
  timestamp: '1508136760',
  userId: '12****',
  ruleId: 'r-1',
  signature: 's',
};
const BUILD = {
  topic: 'group',
  title: '测试项目构建成功',
  buildState: '构建成功',
  projectName: '测试项目',
  buildNumber: '11',
  buildUser: 'pushplus',
  buildLogUrl: 'https://ci.example.com/11/console',
  projectUrl: 'javascript:alert(1)',
  costTime: '83',
};
const PAYMENT = {
  amount: '20元',
  payWay: '微信',
  successTime: '2012-11-14 22:40:22',
  orderNo: '25486454012345678901',
  name: '商品名称',
  payState: '支付成功',
};
const WAN = {
  wanRX: '23.5 GiB',
  wanTX: '10.6 GiB',
  wanIPv4: '10.0.0.2',
  pubIPv4: '114.218.254.88',
  wanDNS: ['218.4.4.4'],
};
const STATUS = {
  msgTYPE: 'cronINFO',
  netINFO: { WAN: [WAN], routerLANIP: '192.168.199.1', wifiINFO: { SmartConnect: 'HOME' } },
  cliINFO: [{ ip: '192.168.199.121', name: '?' }],
  sysINFO: {
    routerNAME: 'RT-AC86U',
    routerUPTIME: '2天21时',
    routerAVGLOAD: [2.33, 2.39],
    routerMEM: { all: 429.99, unit: 'MB', free: 101.07 },
    routerSWAP: { total: 512, free: 500 },
  },
  tempINFO: { unit: '°C', '24G': 54, CPU: 75.3 },
  usbINFO: [{ name: 'Toshiba', use: '10%', status: 'mounted' }],
};

describe('contents that are texts', () => {
  it.each([
    ['html', 'html'],
    ['HTML', 'html'],
    ['txt', 'text'],
    ['markdown', 'markdown'],
  ])('%s stays as it is', (template, format) => {
    expect(drawTemplate(template, '<b>1</b>\n# 2', NOW)).toEqual({ format, body: '<b>1</b>\n# 2' });
  });

  it.each(['', 'nosuch', 'constructor', '__proto__'])('there is no template %j', (template) => {
    expect(() => drawTemplate(template, 'x', NOW)).toThrow(
      expect.objectContaining({ code: 'bad_field', params: expect.objectContaining({ field: 'template' }) }),
    );
  });
});

describe('json', () => {
  it('shows fields as a table and says them on the card', () => {
    const { format, body, summary } = draw('json', "{'name':'名称','size':'大小'}");
    expect([format, summary]).toEqual(['html', 'name：名称，size：大小']);
    expect(body).toContain('<tr><th scope="row">name</th><td>名称</td></tr>');
  });

  it('shows like things as one table, and folds what is inside', () => {
    const { body, summary } = draw('json', { rows: [{ a: 1, b: 2 }, { a: 3 }], n: { m: [[1], { x: {} }] } });
    expect(body).toContain('<summary>rows（2）</summary>');
    expect(body).toContain(
      '<tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr><tr><td>3</td><td></td></tr>',
    );
    expect(summary).toMatch(/^rows：a=1, b=2、a=3，/);
  });

  it('shows data that is too long for tables as lines', () => {
    const fields = Object.fromEntries(Array.from({ length: 1500 }, (_, at) => [`f${at}`, `v${at}`]));
    const { format, body } = draw('json', { a: fields });
    expect([format, body.slice(0, 20)]).toEqual(['text', 'a:\n  f0: v0\n  f1: v1']);
  });

  it('shows data as deep as it may be', () => {
    expect(draw('json', `${'{"a":'.repeat(30)}"deep"${'}'.repeat(30)}`).reads).toContain('deep');
  });
});

describe('cloudMonitor', () => {
  it('says an alarm of a metric in words', () => {
    const { reads, summary } = draw('cloudMonitor', ALARM);
    expect(summary).toBe('报警 内存使用率 97.39%，web-01，平均值 >= 95%');
    expect(reads).toBe(
      '报警：内存使用率 97.39% web-01 报警规则 基础监控-ECS-内存使用率 触发条件 平均值 >= 95% 级别 警告 → 严重 ' +
        '产品 云服务器 ECS 资源 i-12**** 时间 2017-10-16 14:52:40',
    );
  });

  it('reads the form that the monitor really sends, to the same words', () => {
    const form = new URLSearchParams(ALARM).toString();
    expect(draw('cloudMonitor', form)).toEqual(draw('cloudMonitor', ALARM));
  });

  it.each([
    ['OK', '恢复正常'],
    ['ALARM', '报警'],
    ['INSUFFICIENT_DATA', '数据不足'],
    ['constructor', 'constructor'],
  ])('state %s', (alertState, word) => {
    expect(draw('cloudMonitor', { ...ALARM, alertState }).summary).toMatch(new RegExp(`^${word} 内存使用率`));
  });

  it('reads conditions and dimensions that are lists', () => {
    const { reads } = draw('cloudMonitor', {
      alertName: 'x',
      metricName: 'toString',
      expression: '[{"expression":"$Average>90","level":4,"times":2}]',
      dimensions: [{ userId: '1', instanceId: 'i-9', device: '/dev/vda1' }],
    });
    expect(reads).toContain('报警：toString');
    expect(reads).toContain('平均值 > 90，连续 2 次');
    expect(reads).toContain('i-9，device /dev/vda1');
    expect(reads).toContain('时间 2026-11-23 09:02:03');
  });

  it('shows events of the system with what is in them', () => {
    const { reads, summary } = draw('cloudMonitor', {
      product: 'ECS',
      level: 'CRITICAL',
      instanceName: 'web-01',
      name: 'Instance:SystemFailure.Reboot:Executed',
      content: { eventId: 'e-1' },
      status: 'Executed',
      eventTime: '20261123T091500.000+0800',
    });
    expect(summary).toBe('严重 Instance:SystemFailure.Reboot:Executed，ECS，web-01，已完成');
    expect(reads).toContain('时间 2026-11-23 09:15:00 事件详情 eventId e-1');
  });
});

describe('jenkins', () => {
  it('tells how a build ended and links its log, but nothing that runs', () => {
    const { body, summary } = draw('jenkins', BUILD);
    expect(summary).toBe('测试项目 #11 构建成功，耗时 1 分 23 秒，构建人 pushplus');
    expect(body).toContain('<a href="https://ci.example.com/11/console"');
    expect(body).not.toContain('javascript');
  });

  it.each([
    ['构建成功', '#2e9e5b'],
    ['FAILURE', '#d9463b'],
    ['不稳定', '#d98a00'],
    ['构建中', '#3a8fb7'],
  ])('%s has a colour of its own', (buildState, color) => {
    expect(draw('jenkins', { ...BUILD, buildState }).body).toContain(color);
  });
});

describe('pay', () => {
  it('tells the payment, every digit of it', () => {
    const { reads, summary } = draw('pay', PAYMENT);
    expect(summary).toBe('微信支付成功 20元，商品名称');
    expect(reads).toBe(
      '支付成功 20元 商品名称 支付方式 微信 支付时间 2012-11-14 22:40:22 订单号 25486454012345678901',
    );
  });

  it('fills in the unit and the time, and keeps what it does not know', () => {
    const { reads } = draw('pay', { amount: 0.5, shop: '<i>一店</i>', empty: null });
    expect(reads).toBe('支付成功 0.5 元 支付时间 2026-11-23 09:02:03 其他字段 More shop <i>一店</i>');
  });
});

describe('route', () => {
  it.each(['manuINFO', 'cronINFO'])('%s tells the state of the router', (msgTYPE) => {
    const { reads, summary } = draw('route', { ...STATUS, msgTYPE });
    expect(summary).toBe('RT-AC86U 运行 2天21时，1 台设备在线，CPU 75.3°C，2.4G 54°C');
    for (const words of [
      '2.33 / 2.39',
      '空闲 101.07 / 共 429.99 MB',
      '空闲 500 / 共 512 MB',
      '双频合一 HOME',
      '未知设备',
      'Toshiba 10%',
    ]) {
      expect(reads).toContain(words);
    }
  });

  it('ifUP tells the new address', () => {
    const { summary } = draw('route', {
      msgTYPE: 'ifUP',
      rebootTIME: '2020年05月22日 17点34分38秒',
      upTIME: '2天',
      netSTATE: [WAN],
    });
    expect(summary).toBe('网络已重新连接，公网 114.218.254.88，2020-05-22 17:34:38');
  });

  it('newDHCP tells the new client and lists the others', () => {
    const clients = [{ ip: '192.168.199.73', name: 'bin' }];
    const { summary, reads } = draw('route', {
      msgTYPE: 'newDHCP',
      cliIP: '192.168.199.202',
      cliNAME: 'MiAi',
      cliMAC: '50:a0:09:db:99:28',
      cliLISTS: clients,
    });
    expect(summary).toBe('新设备上线 MiAi，192.168.199.202，共 1 台在线');
    expect(reads).toContain('50:a0:09:db:99:28');
  });
});

describe('content that does not fit its template', () => {
  const data = TEMPLATES.filter((one) => !['html', 'txt', 'markdown'].includes(one));

  it.each(data)('%s shows what is no data as text', (template) => {
    expect(drawTemplate(template, '<b>磁盘</b>满了', NOW)).toEqual({
      format: 'text',
      body: '<b>磁盘</b>满了',
    });
    expect(drawTemplate(template, '{}', NOW)).toEqual({ format: 'text', body: '{}' });
  });

  it.each(data)('%s shows data of another shape as a tree', (template) => {
    expect(draw(template, { foo: 'bar' }).reads).toBe('foo bar');
    expect(draw(template, ['a', 'b']).reads).toBe('a b');
  });
});

it.each(['磁盘 < 5%\n1 <2 & 3', '磁盘已满', '磁盘\n<b>已满</b>'])(
  'html is shown as it is written, whether it has tags or not: %j',
  (content) => {
    expect(drawTemplate('html', content, NOW)).toEqual({ format: 'html', body: content });
  },
);

it('a table gives room to longer cells, and to those alone', () => {
  const { body } = draw('json', [{ id: 1, note: '需要尽快处理的告警信息' }]);
  expect(body).toContain('<td>1</td><td style="min-width:8.5em">需要尽快处理的告警信息</td>');
});

/** The same data with every text replaced by markup. */
function poison(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(poison);
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries([
      ...Object.entries(value).map(([name, one]) => [name, poison(one)]),
      ['"><script>alert(1)</script>', HOSTILE],
    ]);
  }
  return HOSTILE;
}
const HOSTILE = `"'><img src=x onerror=alert(1)><script>alert(1)</script><style>*{}</style>`;

describe('every drawing', () => {
  const kept = { json: [], cloudMonitor: [], jenkins: [], pay: ['amount'], route: ['msgTYPE'] };
  const samples: [keyof typeof kept, Record<string, unknown>][] = [
    ['json', { a: [STATUS], b: PAYMENT }],
    ['cloudMonitor', ALARM],
    ['jenkins', BUILD],
    ['pay', PAYMENT],
    ['route', STATUS],
  ];

  it.each(samples)('%s passes the sanitiser whole, and suits a dark page', (template, sample) => {
    const { body } = draw(template, sample);
    const safe = sanitizeHtml(body);
    expect(toPlainText(safe, 'html')).toBe(toPlainText(body, 'html'));
    expect(safe.match(/style="/g)?.length).toBe(body.match(/style="/g)?.length);
    expect(hasOwnColors(safe)).toBe(false);
  });

  it.each(samples)('%s escapes every foreign text', (template, sample) => {
    const poisoned = poison(sample) as Record<string, unknown>;
    const { msgTYPE } = sample;
    const { body, summary } = draw(template, { ...poisoned, ...(msgTYPE ? { msgTYPE } : {}) });
    expect(body).not.toMatch(/<(?:img|script|style)|onerror=[^&]*"/i);
    expect(body).toContain('&#60;script&#62;');
    expect([...(summary ?? '')].length).toBeLessThanOrEqual(100);
  });
});
