/** What well-known programs send when they are given one of our addresses, as their source says, and what they look for. */
import type { Ask } from '#test/support/http.js';
import type { Desk } from './desk.js';

/** A program that is set up as docs/move.md says. */
export interface Program {
  name: string;
  /** The setting and its value, as they stand in the document. */
  setting: string;
  value: string;
  send(value: string, desk: Desk): Ask & { path: string };
  /** What the program takes for success. */
  succeeded: RegExp;
}

const HOST = 'https://push.example.com';
const title = encodeURIComponent('网站/A');
const text = encodeURIComponent('down 100%');
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

/** Those whose source was read. */
export const PROGRAMS: readonly Program[] = [
  {
    name: 'qinglong by Bark',
    setting: 'BARK_PUSH',
    value: `${HOST}/BARK_KEY`,
    send: (value) => ({ path: `${value}/${title}/${text}?group=QL&level=timeSensitive` }),
    succeeded: /"code":200/,
  },
  {
    name: 'qinglong by Gotify',
    setting: 'GOTIFY_URL',
    value: HOST,
    send: (value, { keys }) => ({
      path: `${value}/message?token=${keys.gotify}`,
      body: `title=${title}&message=${text}&priority=0`,
      headers: FORM,
    }),
    succeeded: /"id":\d+/,
  },
  {
    name: 'qinglong by PushDeer',
    setting: 'DEER_URL',
    value: `${HOST}/message/push`,
    send: (value, { keys }) => ({
      path: value,
      body: `pushkey=${keys.pushdeer}&text=${title}&desp=${text}&type=markdown`,
      headers: FORM,
    }),
    succeeded: /"result":\[".+"\]/,
  },
  {
    name: 'qinglong by ntfy',
    setting: 'NTFY_URL',
    value: HOST,
    send: (value, { keys }) => ({
      path: `${value}/${keys.ntfy}`,
      body: 'down 100%',
      headers: { ...FORM, Title: '=?utf-8?B?572R56uZ?=', Priority: '3', Icon: 'https://a.example/logo.png' },
    }),
    succeeded: /"id":"\w+"/,
  },
  {
    name: 'Uptime Kuma by Bark',
    setting: 'Bark Endpoint',
    value: `${HOST}/BARK_KEY`,
    send: (value) => ({
      path: `${value}/${title}/${text}?icon=https://a.example/i.png&group=Kuma&sound=telegraph`,
    }),
    succeeded: /success/,
  },
  {
    name: 'Uptime Kuma by ntfy',
    setting: 'ntfy Server URL',
    value: `${HOST}/ntfy/`,
    send: (value, { keys }) => ({
      path: value,
      body: {
        topic: keys.ntfy,
        title: '网站 A Down [Uptime-Kuma]',
        message: 'timeout',
        priority: 5,
        tags: ['red_circle'],
        actions: [{ action: 'view', label: 'Open A', url: 'https://a.example/' }],
      },
    }),
    succeeded: /"event":"message"/,
  },
  {
    name: 'Apprise by Bark',
    setting: 'notification URL',
    value: 'barks://push.example.com/BARK_KEY',
    send: (_value, { w, keys }) => ({
      path: `${w.url}/push`,
      body: { title: 'A', body: 'down', icon: 'https://a.example/i.png', device_key: keys.bark },
      headers: { 'content-type': 'application/json; charset=utf-8' },
    }),
    succeeded: /success/,
  },
  {
    name: 'Apprise by PushDeer',
    setting: 'notification URL',
    value: 'pushdeers://push.example.com/PUSHDEER_KEY',
    send: (_value, { w, keys }) => ({
      path: `${w.url}/message/push?pushkey=${keys.pushdeer}`,
      body: `text=${title}&type=text&desp=${text}`,
      headers: FORM,
    }),
    succeeded: /"code":0/,
  },
  {
    name: 'acme.sh by ntfy',
    setting: 'NTFY_TOPIC',
    value: HOST,
    send: (value, { keys }) => ({
      path: `${value}/${keys.ntfy}`,
      body: 'Renew success. done',
      headers: FORM,
    }),
    succeeded: /expires/,
  },
  {
    name: 'Home Assistant by Server酱',
    setting: 'message_param_name',
    value: `${HOST}/SENDKEY.send`,
    send: (value) => ({ path: value, body: { desp: 'The door is open', title: 'Home Assistant' } }),
    succeeded: /"errno":0/,
  },
  {
    name: 'Watchtower by ntfy',
    setting: 'WATCHTOWER_NOTIFICATION_URL',
    value: `generic+${HOST}/NTFY_TOPIC?title=Watchtower`,
    send: (value) => ({
      path: value,
      body: 'Updated 1 container',
      headers: { 'content-type': 'application/json' },
    }),
    succeeded: /"title":"Watchtower"/,
  },
  {
    name: 'Alertmanager by ntfy',
    setting: 'Alertmanager',
    value: `${HOST}/NTFY_TOPIC?title=Alert`,
    send: (value) => ({
      path: value,
      body: { version: '4', status: 'firing', alerts: [{ labels: { alertname: 'DiskFull' } }] },
    }),
    succeeded: /DiskFull/,
  },
];
