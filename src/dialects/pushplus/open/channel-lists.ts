/** The calls that list the account's other channels: official accounts, WeCom apps, mail. */
import { z } from 'zod';
import { SECRET_MASK } from '#src/core/channel-settings.js';
import type { ChannelView } from '#src/core/channels.js';
import type { Core } from '#src/core/index.js';
import { invalid } from '#src/dialects/pushplus/envelope.js';
import { formatChinaTime } from '#src/lib/china-time.js';
import type { Call } from './call.js';
import { cutPage, readPage } from './pages.js';
import { integer, parseFields } from './read-fields.js';
import { orNull } from './spaces.js';

const mailChoice = z.object({ mailId: integer });
const accountChoice = z.object({ id: integer });
/** Where nothing is said of a mail server's port, it is this one. */
const TLS_PORT = 465;

/** The calls about these channels. */
export function createChannelListCalls(core: Core): Call[] {
  return [
    listKind(core, { path: '/mp/list', kind: 'wechat-own', toRow: toAccount }),
    {
      method: 'GET',
      path: '/mp/detail',
      run: async ({ personId }, fields) => {
        const { id } = parseFields(accountChoice, fields);
        const found = await orNull(core.channels.getChannel(personId, id));
        if (found?.kind !== 'wechat-own') {
          throw invalid('公众号不存在');
        }
        return { data: toAccount(found) };
      },
    },
    listKind(core, {
      path: '/cp/list',
      kind: 'wecom-app',
      toRow: ({ id, code }) => ({ id, cpName: code, cpCode: code }),
    }),
    listKind(core, { path: '/mail/list', kind: 'mail', toRow: toMailbox }),
    {
      method: 'GET',
      path: '/mail/detail',
      run: async ({ personId }, fields) => {
        const { mailId } = parseFields(mailChoice, fields);
        const found = await orNull(core.channels.getChannel(personId, mailId));
        if (found?.kind !== 'mail') {
          throw invalid('邮箱配置不存在');
        }
        const { user = '', password = '', host = '', port, security } = found.config;
        return {
          data: {
            ...toMailbox(found),
            account: user,
            password: password === '' ? '' : SECRET_MASK,
            smtpServer: host,
            smtpSsl: (security ?? 'tls') === 'tls' ? 1 : 0,
            smtpPort: Number(port ?? TLS_PORT),
            createTime: formatChinaTime(found.createdAt),
          },
        };
      },
    },
  ];
}

function listKind(
  core: Core,
  { path, kind, toRow }: { path: string; kind: string; toRow: (channel: ChannelView) => object },
): Call {
  return {
    method: 'POST',
    path,
    run: async ({ personId }, fields) => {
      const all = await core.channels.listChannels(personId);
      return { data: cutPage(readPage(fields), all.filter((one) => one.kind === kind).map(toRow)) };
    },
  };
}

function toMailbox({ id, code }: ChannelView) {
  return { id, mailName: code, mailCode: code };
}

/** What an owner wrote of their account is all that is known of it: nothing here was authorised by WeChat's own page. */
function toAccount({ id, code, config, createdAt }: ChannelView) {
  return {
    id,
    nickName: code,
    headImg: '',
    principalName: '',
    authorizationAppid: config.appId ?? '',
    funcInfo: '',
    serviceType: 2,
    verifyType: -1,
    alias: '',
    updateTime: formatChinaTime(createdAt),
  };
}
