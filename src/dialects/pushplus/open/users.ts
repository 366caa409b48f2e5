/** The calls about the account's own person. */
import type { Core } from '#src/core/index.js';
import { findBlock } from '#src/dialects/pushplus/limits.js';
import { chinaDayStart, formatChinaTime } from '#src/lib/china-time.js';
import type { Call } from './call.js';
import { senderOf } from './messages.js';

/** The calls about the person. */
export function createUserCalls(core: Core): Call[] {
  return [
    {
      method: 'GET',
      path: '/user/token',
      run: async ({ personId }) => ({ data: await core.keys.showKey(personId, 'pushplus') }),
    },
    {
      method: 'GET',
      path: '/user/myInfo',
      run: async ({ personId, uid }) => {
        const [person, wechat, token, { email, phone }, points] = await Promise.all([
          core.people.getByUid(uid),
          core.people.findWechatName(personId),
          core.keys.showKey(personId, 'pushplus'),
          core.contacts.find(personId),
          core.points.balanceOf(personId),
        ]);
        return {
          data: {
            openId: wechat?.pseudonym ?? '',
            // What WeChat does not tell, the form still has a place for.
            unionId: '',
            nickName: person.nickname,
            headImgUrl: '',
            userSex: 0,
            token,
            phoneNumber: phone ?? '',
            email: email ?? '',
            emailStatus: email === null ? 0 : 2,
            birthday: '',
            points,
          },
        };
      },
    },
    {
      method: 'GET',
      path: '/user/userLimitTime',
      run: async ({ personId }) => {
        const block = await findBlock(core, personId);
        if (!block) {
          return { data: { sendLimit: 1, userLimitTime: '' } };
        }
        const userLimitTime = block.until === null ? '' : formatChinaTime(new Date(block.until));
        return { data: { sendLimit: block.until === null ? 3 : 2, userLimitTime } };
      },
    },
    {
      method: 'GET',
      path: '/user/sendCount',
      run: async (caller) => {
        const today = chinaDayStart(core.clock.now());
        const counts = await core.messages.countByChannel(senderOf(caller), today);
        const of = (channel: string): number => counts.get(channel) ?? 0;
        return {
          data: {
            wechatSendCount: of('wechat') + of(''),
            cpSendCount: of('cp'),
            webhookSendCount: of('webhook'),
            mailSendCount: of('mail'),
          },
        };
      },
    },
  ];
}
