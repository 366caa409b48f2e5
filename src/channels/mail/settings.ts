/** The settings of a mail channel: the receivers, and the person's own mail server where there is one. */
import type { ChannelSettings, ConfigField } from '#src/channels/channel.js';
import { CERTIFICATE_FIELD, settingOf } from '#src/channels/parts.js';
import { isMailAddress } from '#src/lib/mail-address.js';
import { readTrust } from '#src/lib/tls-trust.js';

const MAX_RECEIVERS = 10;
const FROM = /^(?:[^<>"\p{Cc}]{0,80}<([^<>]+)>|([^<>]+))$/u;

/** The receivers of a channel, or the address that the person bound where the settings name none. */
export function receiversOf(settings: ChannelSettings, bound: string): string[] {
  return (settingOf(settings, 'to') || bound).split(/[,;，；\s]+/).filter((address) => address !== '');
}

/** The address inside `Name <address>`, or the text itself. */
export function bareAddress(from: string): string {
  const match = FROM.exec(from.trim());
  return (match?.[1] ?? match?.[2] ?? '').trim();
}

/** What is wrong with the settings beyond their fields, a sentence for people each. */
export function checkMailSettings(settings: ChannelSettings): { field: string; zh: string; en: string }[] {
  const wrong: { field: string; zh: string; en: string }[] = [];
  const receivers = receiversOf(settings, '');
  if (receivers.length > MAX_RECEIVERS) {
    wrong.push({
      field: 'to',
      zh: `收件地址最多 ${MAX_RECEIVERS} 个`,
      en: `at most ${MAX_RECEIVERS} receivers`,
    });
  }
  const strange = receivers.find((address) => !isMailAddress(address));
  if (strange !== undefined) {
    wrong.push({ field: 'to', zh: `不是邮箱地址：${strange}`, en: `not a mail address: ${strange}` });
  }
  const host = settingOf(settings, 'host');
  const certificate = settingOf(settings, CERTIFICATE_FIELD.name);
  if (certificate !== '' && (host === '' || readTrust(certificate)?.kind !== 'ca')) {
    const zh = '请填自己的 SMTP 服务器的证书或其 CA 证书，PEM 格式';
    const en = 'give the certificate of your own SMTP server, or of its CA, as PEM';
    wrong.push({ field: CERTIFICATE_FIELD.name, zh, en });
  }
  if (host === '') {
    return wrong;
  }
  if (!/^[A-Za-z\d](?:[A-Za-z\d.:-]{0,251}[A-Za-z\d])?$/.test(host)) {
    const en = 'only the name of the server, such as smtp.example.com';
    wrong.push({ field: 'host', zh: '只填服务器的域名，如 smtp.example.com', en });
  }
  const port = settingOf(settings, 'port');
  if (port !== '' && !(/^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535)) {
    wrong.push({ field: 'port', zh: '端口是 1 到 65535', en: 'a port is 1 to 65535' });
  }
  if (!isMailAddress(bareAddress(settingOf(settings, 'from') || settingOf(settings, 'user')))) {
    const en = 'give the sender as a mail address, unless the user name is one';
    wrong.push({ field: 'from', zh: '请填写发件地址（用户名就是邮箱时可留空）', en });
  }
  return wrong;
}

const optional = (name: string, zh: string, en: string) => ({
  name,
  label: { zh, en },
  required: false,
  secret: false,
});

/** The fields, in the order of the form. */
export const MAIL_FIELDS: readonly ConfigField[] = [
  {
    ...optional('to', '收件地址', 'Receivers'),
    type: 'text',
    hint: {
      zh: '多个用逗号分开，最多 10 个；留空用已绑定的邮箱',
      en: 'several by commas, 10 at most; empty: the address you bound',
    },
  },
  {
    ...optional('host', 'SMTP 服务器', 'SMTP server'),
    type: 'text',
    hint: {
      zh: '如 smtp.qq.com；留空用本站的发信服务',
      en: 'such as smtp.gmail.com; empty: this site’s own mailer',
    },
  },
  {
    ...optional('port', '端口', 'Port'),
    type: 'number',
    hint: {
      zh: '465（tls）或 587（starttls）；留空随加密方式',
      en: '465 (tls) or 587 (starttls); empty: as the security says',
    },
  },
  {
    ...optional('security', '加密方式', 'Security'),
    type: 'choice',
    choices: ['tls', 'starttls', 'none'],
    hint: { zh: '留空：465 端口用 tls，其余用 starttls', en: 'empty: tls on port 465, else starttls' },
  },
  {
    ...optional('user', '用户名', 'User name'),
    type: 'text',
    hint: { zh: '一般是完整的邮箱地址', en: 'mostly the whole mail address' },
  },
  {
    name: 'password',
    type: 'text',
    label: { zh: '密码或授权码', en: 'Password' },
    hint: {
      zh: 'QQ、163 等邮箱要在设置里生成授权码',
      en: 'most providers want an app password, made in their settings',
    },
    required: false,
    secret: true,
  },
  {
    ...optional('from', '发件地址', 'Sender'),
    type: 'text',
    hint: { zh: '留空用用户名；可写成 名称 <地址>', en: 'empty: the user name; or Name <address>' },
  },
  {
    ...CERTIFICATE_FIELD,
    hint: {
      zh: '服务器用自签名或自建机构的证书时填写：它或 CA 的证书，PEM 格式',
      en: 'where the server’s certificate is self-signed or of an authority of your own: that certificate or the CA’s, as PEM',
    },
  },
];
