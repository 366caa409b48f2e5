/** The route template: what a router with the pushplus plugin tells of its net, its clients and itself. */
import { type Drawing, toDrawing } from './drawing.js';
import { banner, facts, grid, type Row, section } from './markup.js';
import { drawRest } from './rest.js';
import { fieldsOf, itemsOf, lookUp, pick, textAt, toLine, type Value } from './value.js';

/** The plugin's kinds of message. */
const DRAWINGS: Readonly<Record<string, (value: Value) => Drawing>> = {
  ifUP: drawRestart,
  newDHCP: drawNewClient,
  manuINFO: drawStatus,
  cronINFO: drawStatus,
};

/** Draws the message of a router, or null when it is of no kind that the plugin sends. */
export function drawRoute(value: Value): Drawing | null {
  const draw = lookUp(DRAWINGS, textAt(value, 'msgTYPE'));
  return draw?.(value) ?? null;
}

function drawRestart(value: Value): Drawing {
  const at = timeAt(value, 'rebootTIME');
  const wans = itemsOf(pick(value, 'netSTATE'));
  const address = wans.map(addressOf).find((one) => one !== '') ?? '';
  return toDrawing(
    [
      banner('warn', '网络已重新连接', { value: address, note: at }),
      facts([['已运行', textAt(value, 'upTIME')]]),
      drawWans(wans),
      drawRest(value, ['msgTYPE', 'rebootTIME', 'upTIME', 'netSTATE']),
    ],
    ['网络已重新连接', address && `公网 ${address}`, at],
  );
}

function drawNewClient(value: Value): Drawing {
  const ip = textAt(value, 'cliIP');
  const name = textAt(value, 'cliNAME') || ip;
  const clients = itemsOf(pick(value, 'cliLISTS'));
  return toDrawing(
    [
      banner('calm', '新设备上线', { value: name }),
      facts([
        ['IP', ip],
        ['MAC', textAt(value, 'cliMAC')],
        ['上线时间', timeAt(value, 'upTIME')],
        ['租约到期', timeAt(value, 'expTIME')],
      ]),
      drawClients('在线设备', clients),
      drawRest(value, ['msgTYPE', 'cliIP', 'cliNAME', 'cliMAC', 'upTIME', 'expTIME', 'cliLISTS']),
    ],
    [`新设备上线 ${name}`, ip === name ? '' : ip, clients.length > 0 ? `共 ${clients.length} 台在线` : ''],
  );
}

function drawStatus(value: Value): Drawing {
  const system = pick(value, 'sysINFO');
  const net = pick(value, 'netINFO');
  const clients = itemsOf(pick(value, 'cliINFO'));
  const name = textAt(system, 'routerNAME') || '路由器';
  const temperature = drawTemperature(pick(value, 'tempINFO'));
  return toDrawing(
    [
      banner('good', name, { note: timeAt(system, 'routerTIME') }),
      facts([...systemRows(system), ['温度', temperature]]),
      drawWans(itemsOf(pick(net, 'WAN'))),
      section(
        '内网',
        facts([
          ['路由器地址', textAt(net, 'routerLANIP')],
          ['DDNS', textAt(net, 'DDNS')],
          ['Wi-Fi', toNetworks(pick(net, 'wifiINFO'))],
          ['访客网络', toNetworks(pick(net, 'guestINFO'))],
        ]),
      ),
      drawClients('在线设备', clients),
      drawClients('DHCP 租约', itemsOf(pick(value, 'dhcpINFO'))),
      drawDisks(itemsOf(pick(value, 'usbINFO'))),
      drawRest(value, ['msgTYPE', 'sysINFO', 'netINFO', 'cliINFO', 'dhcpINFO', 'tempINFO', 'usbINFO']),
    ],
    [
      `${name} 运行 ${textAt(system, 'routerUPTIME') || '正常'}`,
      clients.length > 0 ? `${clients.length} 台设备在线` : '',
      temperature,
    ],
  );
}

function systemRows(system: Value | undefined): Row[] {
  const memory = pick(system, 'routerMEM');
  const jffs = pick(system, 'routerJFFS');
  const free = textAt(memory, 'free');
  const used = textAt(jffs, 'used');
  const swap = pick(system, 'routerSWAP');
  const freeSwap = textAt(swap, 'free');
  return [
    ['已运行', textAt(system, 'routerUPTIME')],
    ['固件', textAt(system, 'routerFIRMWARE')],
    ['工作模式', textAt(system, 'routerMODE')],
    ['平均负载', itemsOf(pick(system, 'routerAVGLOAD')).map(toLine).join(' / ')],
    ['内存', free && `空闲 ${free} / 共 ${textAt(memory, 'all')} ${textAt(memory, 'unit')}`],
    ['交换区', freeSwap && `空闲 ${freeSwap} / 共 ${textAt(swap, 'total')} ${textAt(memory, 'unit')}`],
    ['JFFS', used && `已用 ${used} / 共 ${textAt(jffs, 'total')}（${textAt(jffs, 'use')}）`],
  ];
}

/** `2020年05月22日 17点34分38秒` as any other time. */
function timeAt(value: Value | undefined, name: string): string {
  return textAt(value, name).replace(
    /^(\d{4})年(\d\d)月(\d\d)日 (\d\d)点(\d\d)分(\d\d)秒$/,
    '$1-$2-$3 $4:$5:$6',
  );
}

/** The plugin's words for bands. */
const BANDS: Readonly<Record<string, string>> = {
  SmartConnect: '双频合一',
  '24G': '2.4G',
  '24G1': '2.4G',
  '5G1': '5G',
  '5G2': '5G-2',
};

/** `2.4G HOME，5G HOME_5G` of names by band; a text as it is. */
function toNetworks(value: Value | undefined): string {
  const names = fieldsOf(value).map(([band, name]) => `${lookUp(BANDS, band) ?? band} ${toLine(name)}`);
  return value?.kind === 'text' ? value.text : names.join('，');
}

function drawTemperature(value: Value | undefined): string {
  const unit = textAt(value, 'unit') || '°C';
  const places = fieldsOf(value)
    .filter(([place, degrees]) => place !== 'unit' && toLine(degrees) !== '')
    .sort(([a], [b]) => Number(b === 'CPU') - Number(a === 'CPU'));
  const texts = places.map(
    ([place, degrees]) => `${lookUp(BANDS, place) ?? place} ${toLine(degrees)}${unit}`,
  );
  return texts.join('，');
}

function drawWans(wans: readonly Value[]): string {
  const tables = wans.map((wan) =>
    facts([
      ['公网 IPv4', textAt(wan, 'pubIPv4')],
      ['公网 IPv6', textAt(wan, 'pubIPv6')],
      ['WAN 地址', textAt(wan, 'wanIPv4')],
      ['拨号方式', textAt(wan, 'proto')],
      ['DNS', textAt(wan, 'wanDNS')],
      ['下载 / 上传', [textAt(wan, 'wanRX'), textAt(wan, 'wanTX')].filter(Boolean).join(' / ')],
    ]),
  );
  return section('外网', tables.join(''));
}

function addressOf(wan: Value): string {
  return textAt(wan, 'pubIPv4') || textAt(wan, 'wanIPv4') || textAt(wan, 'pubIPv6');
}

function drawClients(heading: string, clients: readonly Value[]): string {
  const rows = clients.map((one) => [
    textAt(one, 'name').replace(/^\?$/, '未知设备') || '未知设备',
    textAt(one, 'ip'),
  ]);
  return rows.length === 0 ? '' : section(`${heading}（${rows.length}）`, grid(['设备', 'IP'], rows));
}

function drawDisks(disks: readonly Value[]): string {
  const rows = disks.map((one) => ['name', 'use', 'status'].map((name) => textAt(one, name)));
  return rows.length === 0 ? '' : section('USB 存储', grid(['名称', '已用', '状态'], rows));
}
