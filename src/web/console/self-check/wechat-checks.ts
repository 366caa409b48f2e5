/** The checks of the official account: credentials, addresses, the server URL, the menu, the quota and the clock. */
import { bad, type Check, type CheckNeeds, type Finding, good, off, refused, say, warn } from './finding.js';
import { checkTemplate } from './template-check.js';

/** The caller's address is refused. */
const IP_CODES: readonly (number | null)[] = [40164, 61004, 89503, 89506, 89507];
/** callback/check of an account without a server URL. */
const NO_URL = 40201;
const DRIFT_WARN_S = 10;
/** Beyond, signatures count as old: see the window of pushes. */
const DRIFT_BAD_S = 120;
const LOW_QUOTA = 0.1;

/** These checks, in the order of the page. */
export const WECHAT_CHECKS: readonly Check[] = [
  { id: 'token', group: 'wechat', title: say('AppID 与密钥', 'App id and secret'), run: checkToken },
  { id: 'ip', group: 'wechat', title: say('IP 白名单', 'IP allow-list'), run: checkIp },
  {
    id: 'door',
    group: 'wechat',
    title: say('服务器 URL 的应答', 'Answer of the server URL'),
    run: checkDoor,
  },
  {
    id: 'callback',
    group: 'wechat',
    title: say('微信能否访问到服务器', 'WeChat reaches this server'),
    run: checkCallback,
  },
  { id: 'template', group: 'wechat', title: say('消息模板', 'Message template'), run: checkTemplate },
  {
    id: 'quota',
    group: 'wechat',
    title: say('今日模板消息额度', 'Template messages left today'),
    run: checkQuota,
  },
  { id: 'menu', group: 'wechat', title: say('公众号菜单', 'Menu of the account'), run: checkMenu },
  { id: 'clock', group: 'wechat', title: say('服务器时钟', 'Clock of this server'), run: checkClock },
];

async function checkToken({ outside }: CheckNeeds): Promise<Finding> {
  const { appId } = outside.wechat;
  const told = await outside.wechat.checkSecret();
  if (told.ok) {
    return good(`${appId} 可以取得访问令牌`, `${appId} gets access tokens`);
  }
  if (IP_CODES.includes(told.code)) {
    return warn(
      say('微信先拒绝了 IP，密钥对不对还看不出', 'WeChat refuses the address before it looks at the secret'),
      say('先按下一行处理 IP 白名单。', 'Mend the allow-list in the next line first.'),
    );
  }
  return refused(told);
}

async function checkIp({ outside }: CheckNeeds): Promise<Finding> {
  const told = await outside.wechat.checkSecret();
  if (told.ok) {
    return good('微信接受本服务器的 IP', 'WeChat takes calls from this server');
  }
  if (!IP_CODES.includes(told.code)) {
    return off(
      say('还不知道：取不到访问令牌', 'Not known: there is no access token'),
      say('先处理上一行。', 'Mend the line above first.'),
    );
  }
  const ip = /invalid ip ([0-9a-f.:]+)/i.exec(told.why)?.[1];
  if (!ip) {
    return refused(told);
  }
  return bad(
    say(`微信拒绝了本服务器的 IP ${ip}`, `WeChat refuses the address ${ip} of this server`),
    say(
      `在公众平台「设置与开发 → 基本配置 → IP 白名单」里加入 ${ip}，几分钟后生效。`,
      `Add ${ip} to the IP allow-list in the account’s basic settings; it takes a few minutes.`,
    ),
  );
}

async function checkDoor({ outside, publicUrl }: CheckNeeds): Promise<Finding> {
  const url = `${publicUrl}/wechat`;
  const told = await outside.knockAtDoor();
  if (told.ok && told.value) {
    return good(`${url} 按 Token 正确应答`, `${url} answers right by the token`);
  }
  const remedy = say(
    `确认反向代理把 ${url} 原样转给青鸟，没有缓存、登录页或改写查询参数。`,
    `See that the proxy passes ${url} on unchanged: no cache, no login page, no changed query.`,
  );
  return told.ok
    ? bad(say(`${url} 的应答不对`, `${url} gives a wrong answer`), remedy)
    : bad(say(`${url} 打不开：${told.why}`, `${url} does not open: ${told.why}`), remedy);
}

async function checkCallback({ outside, publicUrl }: CheckNeeds): Promise<Finding> {
  const told = await outside.wechat.checkCallback();
  if (!told.ok) {
    return told.code === NO_URL
      ? bad(
          say('公众号还没有填服务器 URL', 'The account has no server URL'),
          say(
            `在公众平台「基本配置 → 服务器配置」里填 ${publicUrl}/wechat 和 WECHAT_TOKEN，并启用。`,
            `Give ${publicUrl}/wechat and WECHAT_TOKEN in the account’s server settings, and switch them on.`,
          ),
        )
      : refused(told);
  }
  const { dns, ping } = told.value;
  if (dns.length === 0) {
    return bad(
      say('微信解析不到服务器的域名', 'WeChat cannot resolve the server’s name'),
      say('检查域名解析与备案状态。', 'Check the DNS of the name.'),
    );
  }
  const lossy = ping.filter(({ packageLoss }) => Number.parseFloat(packageLoss) > 0);
  const ips = dns.map(({ ip }) => ip).join('、');
  if (lossy.length > 0) {
    const losses = lossy.map(({ ip, packageLoss }) => `${ip} ${packageLoss}`).join(', ');
    return warn(
      say(`微信访问时丢包：${losses}`, `WeChat loses packets on the way: ${losses}`),
      say(
        '服务器若禁止 ping 可以忽略；否则检查防火墙与线路。',
        'Nothing to do where ping is forbidden; else check firewall and line.',
      ),
    );
  }
  return good(`微信可以访问 ${ips}`, `WeChat reaches ${ips}`);
}

async function checkQuota({ outside }: CheckNeeds): Promise<Finding> {
  const told = await outside.wechat.readQuota();
  if (!told.ok) {
    return refused(told);
  }
  const { remaining, dailyLimit } = told.value;
  const found = say(`还剩 ${remaining} / ${dailyLimit} 条`, `${remaining} of ${dailyLimit} left`);
  return remaining >= dailyLimit * LOW_QUOTA
    ? { light: 'good', found }
    : warn(
        found,
        say(
          '零点（北京时间）恢复；用完后消息会排队等到那时。',
          'Renewed at midnight in China; messages wait until then.',
        ),
      );
}

async function checkMenu({ outside }: CheckNeeds): Promise<Finding> {
  const told = await outside.wechat.readMenu();
  if (!told.ok) {
    return refused(told);
  }
  if (told.value === null || told.value.length === 0) {
    const remedy = say(
      '点「创建菜单」，关注者就能点按钮而不用打字。',
      'Create it, and followers tap instead of typing.',
    );
    return { ...warn(say('还没有菜单', 'There is no menu'), remedy), action: 'menu' };
  }
  const names = told.value.join(' · ');
  return good(`有菜单：${names}`, `There is one: ${names}`);
}

async function checkClock({ outside, core }: CheckNeeds): Promise<Finding> {
  const told = await outside.wechat.readTime();
  const now = core.clock.now();
  if (!told.ok) {
    return refused(told);
  }
  if (told.value === null) {
    return off(say('微信的应答没有带时间', 'WeChat’s answer bears no time'));
  }
  const driftS = Math.round((now - told.value.getTime()) / 1000);
  const size = Math.abs(driftS);
  const found = say(`与微信相差 ${size} 秒`, `${size} s away from WeChat’s clock`);
  const remedy = say(
    '打开系统的时间同步（NTP，如 chrony 或 systemd-timesyncd）。',
    'Switch time synchronisation on (NTP: chrony or systemd-timesyncd).',
  );
  if (size >= DRIFT_BAD_S) {
    return bad(found, remedy);
  }
  return size >= DRIFT_WARN_S ? warn(found, remedy) : { light: 'good', found };
}
