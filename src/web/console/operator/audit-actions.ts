/** What the audit log calls each thing that people do on the pages. */
import type { PageAction } from '#src/core/audit.js';
import type { Language } from '#src/lib/i18n.js';

/** Chinese first, then English. */
const ACTION_WORDS: Readonly<Record<PageAction, readonly [zh: string, en: string]>> = {
  'account.change': ['修改账号', 'Changed an account'],
  'account.join': ['开通账号', 'Opened an account'],
  'account.wrong-code': ['管理员码填错', 'Gave a wrong administrator code'],
  'app.create': ['新建应用', 'Made an app'],
  'app.delete': ['删除应用', 'Deleted an app'],
  'app.plan': ['修改应用的额度', 'Changed an app’s plan'],
  'app.retention': ['修改应用的保留天数', 'Changed how long an app’s messages are kept'],
  'app.token.replace': ['更换 appToken', 'Replaced an appToken'],
  'app.update': ['修改应用', 'Changed an app'],
  'backup.download': ['下载备份', 'Downloaded a backup'],
  'backup.make': ['备份', 'Made a backup'],
  'backup.remove': ['删除备份', 'Removed a backup'],
  'callback.replay': ['重放回调', 'Replayed a callback'],
  'callback.replay-failed': ['重放失败的回调', 'Replayed failed callbacks'],
  'callback.secret.replace': ['更换签名密钥', 'Replaced a signing secret'],
  'callback.secret.show': ['查看签名密钥', 'Looked at a signing secret'],
  'callback.test': ['试发回调', 'Tried a callback'],
  'callback.update': ['修改回调地址', 'Changed a callback address'],
  'channel.create': ['添加通道', 'Added a channel'],
  'channel.delete': ['删除通道', 'Removed a channel'],
  'channel.down': ['通道后移', 'Moved a channel back'],
  'channel.first': ['设为首选通道', 'Chose the first channel'],
  'channel.join': ['加入备用通道', 'Added a channel to fall back on'],
  'channel.leave': ['移出备用通道', 'No longer falls back on a channel'],
  'channel.not-first': ['取消首选通道', 'No first channel any more'],
  'channel.test': ['试发通道', 'Tried a channel'],
  'channel.up': ['通道前移', 'Moved a channel ahead'],
  'channel.update': ['修改通道', 'Changed a channel'],
  'contact.confirm': ['绑定邮箱或手机', 'Bound an address or phone'],
  'contact.remove': ['解绑邮箱或手机', 'Unbound an address or phone'],
  'key.create': ['新建密钥', 'Made a key'],
  'key.replace': ['更换密钥', 'Replaced a key'],
  'key.revoke': ['作废密钥', 'Revoked a key'],
  'key.update': ['修改密钥', 'Changed a key'],
  'menu.create': ['创建公众号菜单', 'Made the account’s menu'],
  'message.cancel': ['取消消息', 'Cancelled a message'],
  'message.resend': ['重发失败的投递', 'Sent again what failed'],
  'message.send': ['发送消息', 'Sent a message'],
  'open-access.ips': ['修改开放接口的 IP 名单', 'Changed the addresses of the open API'],
  'open-access.replace': ['更换开放接口的密钥', 'Replaced the open API’s key'],
  'person.erase': ['删除个人数据', 'Erased a person’s data'],
  'person.export': ['导出个人数据', 'Exported a person’s data'],
  'person.pause': ['暂停接收', 'Paused somebody'],
  'person.plans': ['修改用户的套餐', 'Changed somebody’s plans'],
  'person.resume': ['恢复接收', 'Resumed somebody'],
  'plan.create': ['新建额度', 'Made a plan'],
  'plan.delete': ['删除额度', 'Deleted a plan'],
  'plan.update': ['修改额度', 'Changed a plan'],
  'points.grant': ['增减积分', 'Gave or took points'],
  'qrcode.create': ['新建二维码', 'Made a QR code'],
  'qrcode.delete': ['删除二维码', 'Deleted a QR code'],
  'queue.resume': ['恢复发送', 'Resumed sending'],
  'restore.cancel': ['取消恢复', 'Gave up a restore'],
  'restore.choose': ['选择要恢复的备份', 'Chose a backup to restore'],
  'restore.upload': ['上传要恢复的备份', 'Uploaded a backup to restore'],
  'session.begin': ['登录网页', 'Signed in'],
  'session.end': ['退出登录', 'Ended a session'],
  'session.end-all': ['退出所有登录', 'Signed out everywhere'],
  'session.fail': ['登录未成功', 'Failed to sign in'],
  'session.reject': ['拒绝登录', 'Refused a sign-in'],
  'settings.registration': ['修改注册方式', 'Changed who may join'],
  'settings.save': ['修改设置', 'Changed settings'],
  'subscriber.block': ['拉黑订阅者', 'Blocked a subscriber'],
  'subscriber.export': ['导出订阅者', 'Exported subscribers'],
  'subscriber.remark': ['修改备注', 'Changed a remark'],
  'subscriber.remove': ['移除订阅者', 'Removed a subscriber'],
  'subscriber.unblock': ['取消拉黑订阅者', 'Unblocked a subscriber'],
  'subscription.block': ['拉黑用户的订阅', 'Blocked somebody’s subscription'],
  'subscription.unblock': ['取消拉黑用户的订阅', 'Unblocked somebody’s subscription'],
  'template.choose': ['选择消息模板', 'Chose the template'],
  'template.reset': ['恢复默认模板', 'Went back to the default template'],
  'topic.create': ['新建主题', 'Made a topic'],
  'topic.delete': ['删除主题', 'Deleted a topic'],
  'topic.update': ['修改主题', 'Changed a topic'],
};

const BY_API = 'api.';

/** An action in words; nothing for one that only an earlier version knew. A call of the management API is named by its code. */
export function nameAction(action: string, language: Language): string {
  if (action.startsWith(BY_API)) {
    return language === 'zh' ? '调用管理接口' : 'Called the management API';
  }
  const words = Object.hasOwn(ACTION_WORDS, action) ? ACTION_WORDS[action as PageAction] : undefined;
  return words?.[language === 'zh' ? 0 : 1] ?? '';
}
