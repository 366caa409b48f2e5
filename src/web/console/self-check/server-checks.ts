/** The checks of this very server: its public address, its database, its queue, its version. */
import { formatChinaTime } from '#src/lib/china-time.js';
import { inLanguage } from '#src/lib/in-language.js';
import { bad, type Check, type CheckNeeds, type Finding, good, off, say, warn } from './finding.js';

const MB = 1024 * 1024;
const LOW_DISK_BYTES = 1024 * MB;
const NO_DISK_BYTES = 100 * MB;
const WRITE_SETTING = 'self-check';
const SLOW_QUEUE_S = 300;
const HOUR_MS = 3_600_000;

/** These checks, in the order of the page. */
export const SERVER_CHECKS: readonly Check[] = [
  { id: 'public-url', group: 'server', title: say('公网地址', 'Public address'), run: checkPublicUrl },
  {
    id: 'database',
    group: 'server',
    title: say('数据库写入', 'Writing to the database'),
    run: checkDatabase,
  },
  { id: 'data', group: 'server', title: say('数据库与密钥', 'Database and secret key'), run: checkWholeness },
  { id: 'disk', group: 'server', title: say('磁盘空间', 'Disk space'), run: checkDisk },
  { id: 'queue', group: 'server', title: say('发送队列', 'Queue'), run: checkQueue },
  { id: 'version', group: 'server', title: say('版本', 'Version'), run: tellVersion },
];

async function checkPublicUrl({ outside, publicUrl, sandbox }: CheckNeeds): Promise<Finding> {
  const told = await outside.openPublicUrl();
  if (!told.ok || told.value !== 200) {
    const why = told.ok ? `HTTP ${told.value}` : told.why;
    return bad(
      say(`从服务器打不开 ${publicUrl}：${why}`, `${publicUrl} does not open from this server: ${why}`),
      say(
        '检查 PUBLIC_URL、域名解析与反向代理；若只是服务器访问不到自己的公网地址，从外面打开正常即可。',
        'Check PUBLIC_URL, DNS and the proxy. Where only the server itself cannot reach it, opening it from outside is enough.',
      ),
    );
  }
  if (publicUrl.startsWith('https:') || sandbox) {
    return good(`${publicUrl} 可以打开`, `${publicUrl} opens`);
  }
  return warn(
    say(`${publicUrl} 可以打开，但不是 https`, `${publicUrl} opens, but without https`),
    say(
      '配置证书并把 PUBLIC_URL 改成 https，登录和密钥才不会被窃听。',
      'Get a certificate and set PUBLIC_URL to https, so that nobody listens in on sign-ins and keys.',
    ),
  );
}

async function checkDatabase({ core }: CheckNeeds): Promise<Finding> {
  const mark = String(core.clock.now());
  try {
    await core.settings.save(WRITE_SETTING, mark);
    return good('可以写入', 'Takes writes');
  } catch (error) {
    const why = error instanceof Error ? (error.message.trim().split('\n').at(-1) ?? '') : '';
    return bad(
      say(`写不进去：${why}`, `Takes no writes: ${why}`),
      say(
        '检查磁盘是否已满、数据目录的权限。',
        'See whether the disk is full, and who may write to the data folder.',
      ),
    );
  }
}

async function checkWholeness({ outside }: CheckNeeds): Promise<Finding> {
  const found = await outside.checkData();
  const worst = found.find(({ light }) => light === 'bad') ?? found.find(({ light }) => light === 'warn');
  if (worst) {
    const remedy = say(
      'npm run check-data 连备份一起检查。',
      'npm run check-data looks through the backups too.',
    );
    return worst.light === 'bad'
      ? bad(say(worst.zh, worst.en), remedy)
      : warn(say(worst.zh, worst.en), remedy);
  }
  return good(found.map(({ zh }) => zh).join('；'), found.map(({ en }) => en).join('; '));
}

async function checkDisk({ outside }: CheckNeeds): Promise<Finding> {
  const measured = await outside.measureDatabase();
  if (!measured) {
    return off(say('数据库不在本机文件里', 'The database is no file of this server'));
  }
  const { path, sizeBytes, freeBytes } = measured;
  const found = say(
    `${path} 占 ${toSize(sizeBytes)}，磁盘还剩 ${toSize(freeBytes)}`,
    `${path} takes ${toSize(sizeBytes)}, ${toSize(freeBytes)} of the disk are free`,
  );
  const remedy = say(
    '清理磁盘或换大的；写满后消息会被拒绝。',
    'Make room: with a full disk, messages are refused.',
  );
  if (freeBytes < NO_DISK_BYTES) {
    return bad(found, remedy);
  }
  return freeBytes < LOW_DISK_BYTES ? warn(found, remedy) : { light: 'good', found };
}

async function checkQueue({ core }: CheckNeeds): Promise<Finding> {
  const { queue, rests } = await core.overview.read();
  const [rest] = rests;
  if (rest) {
    return warn(
      say(
        `「${rest.queue}」暂停到 ${toChinaMinute(rest.until)}：${inLanguage(rest.why, 'zh')}`,
        `“${rest.queue}” rests until ${toChinaMinute(rest.until)} (China): ${inLanguage(rest.why, 'en')}`,
      ),
      say('到时会自动继续；先处理上面写的原因。', 'It goes on by itself then: mend the reason named above.'),
    );
  }
  const found = say(`${queue.due} 条在排队`, `${queue.due} waiting`);
  return queue.oldestDueSeconds < SLOW_QUEUE_S
    ? { light: 'good', found }
    : warn(
        say(
          `最早的一条已等了 ${queue.oldestDueSeconds} 秒`,
          `The oldest has waited for ${queue.oldestDueSeconds} s`,
        ),
        say('看看日志里有没有反复失败的通道。', 'See in the log whether a channel fails again and again.'),
      );
}

async function tellVersion({ outside, core }: CheckNeeds): Promise<Finding> {
  const hours = Math.floor((core.clock.now() - outside.startedAt.getTime()) / HOUR_MS);
  const days = Math.floor(hours / 24);
  const zh = days > 0 ? `${days} 天 ${hours % 24} 小时` : `${hours} 小时`;
  const en = days > 0 ? `${days} d ${hours % 24} h` : `${hours} h`;
  return good(
    `青鸟 ${outside.version}，已运行 ${zh}，Node ${process.versions.node}`,
    `Qingniao ${outside.version}, up for ${en}, Node ${process.versions.node}`,
  );
}

function toSize(bytes: number): string {
  return bytes >= 1024 * MB ? `${(bytes / 1024 / MB).toFixed(1)} GB` : `${(bytes / MB).toFixed(1)} MB`;
}

function toChinaMinute(at: Date): string {
  return formatChinaTime(at).slice(0, 16);
}
