// Sends by one of uptime-kuma's own notification providers: uptime_kuma.cjs FOLDER PROVIDER SETTINGS(JSON) MARK.
// What it prints last is the provider's word for success.
const { join } = require('node:path');

const [folder = '', provider = '', settings = '{}', mark = ''] = process.argv.slice(2);
const Provider = require(join(folder, 'server/notification-providers', `${provider}.js`));
const monitor = { name: `网站 ${mark}`, type: 'http', url: 'https://a.example/' };
const heartbeat = {
  status: 0,
  msg: 'timeout',
  time: '2026-11-30 10:00:00',
  localDateTime: '2026-11-30 18:00:00',
  timezone: 'Asia/Shanghai',
};

new Provider().send(JSON.parse(settings), `[网站 ${mark}] [🔴 Down] timeout`, monitor, heartbeat).then(
  (said) => console.log(said),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
