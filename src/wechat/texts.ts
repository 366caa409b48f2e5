/** Every sentence that the chat says: Chinese first, then English. */
import { takeCodePoints } from '#src/lib/text.js';

/** Something with a name that people subscribe to. */
export interface Named {
  id: number;
  name: string;
}

/** Joins the lines that say something. */
export function lines(...texts: (string | false)[]): string {
  return texts.filter((text) => text !== false && text !== '').join('\n');
}

/** The built-in words and the `#` grammar. */
export const HELP = lines(
  '【使用帮助】',
  '#号码 内容 → 给应用发指令，如：#97 重启',
  '#号码 → 订阅应用，如：#97',
  '直接发文字 → 发给你订阅的应用',
  '我的订阅 → 查看订阅和设置',
  '退订 #号码 → 退订应用',
  '我的UID → 查看你的 UID',
  '密钥 → 领取推送密钥',
  '暂停 / 恢复 → 停收、再收消息',
  '退出登录 → 退出所有网页登录',
  '帮助 → 再看一遍',
  '\n[Help] #97 text: command · #97: subscribe · plain text: to your app · subs · unsub #97 · uid · keys · pause · resume · sign out · help',
);

/** The help, with the pages that do the same and more. */
export function tellHelp(publicUrl: string): string {
  return lines(
    HELP,
    `\n我的消息、订阅和密钥 Your messages, subscriptions and keys: ${publicUrl}/me`,
    `管理应用和发消息 Manage apps and send: ${publicUrl}/console`,
  );
}

/** For a follower who came without a code. */
export const WELCOME = lines(
  '欢迎关注！你订阅的应用会把消息推送到这里。',
  'Welcome! The apps you subscribe to will push their messages here.',
  `\n${HELP}`,
);

/** For a WeCom member who meets the app for the first time. */
export const WELCOME_MEMBER = lines(
  '欢迎使用！你订阅的应用会把消息推送到这里，发「我的UID」查看你的 UID。',
  'Welcome! The apps you subscribe to will push their messages here; send “uid” for your UID.',
  `\n${HELP}`,
);

/** Short pointer to the help. */
export const HELP_HINT = '发「帮助」看全部用法。Send “help” for everything.';

/** The reply where something of ours broke. */
export const APOLOGY =
  '抱歉，刚才出了点问题，请稍后再试。\nSorry, something went wrong. Please try again later.';

/** A code whose time has passed, or that nobody knows. */
export const CODE_EXPIRED = lines(
  '这个二维码已过期或已失效，没有订阅任何应用。请向分享的人要一个新的。',
  'This code has expired; nothing was subscribed. Ask for a new one.',
);

/** An empty text. */
export const EMPTY = lines('没有收到文字内容。', 'There was no text in it.', HELP_HINT);

/** A plain text of somebody without subscriptions. */
export function tellNoApps(canScan: boolean): string {
  return lines(
    `你还没有订阅应用，这条消息没有发给任何人。${howToSubscribe(canScan).zh}`,
    `You follow no app yet, so this went to nobody. ${howToSubscribe(canScan).en}`,
    `\n${HELP}`,
  );
}

/** No relations to list. */
export function tellNoSubscriptions(canScan: boolean): string {
  const { zh, en } = howToSubscribe(canScan);
  return lines(`你还没有订阅。${zh}`, `No subscriptions yet. ${en}`);
}

function howToSubscribe(canScan: boolean): { zh: string; en: string } {
  return canScan
    ? {
        zh: '扫应用的二维码，或发「#应用号」订阅。',
        en: 'Scan an app’s code, or send its number, such as #97.',
      }
    : { zh: '发「#应用号」订阅。', en: 'Send an app’s number, such as #97.' };
}

/** How to name what to leave. */
export const UNSUB_HOW = lines(
  '请带上应用号：退订 #97。发「我的订阅」查看号码。',
  'Name the app: unsub #97. Send “subs” for the numbers.',
);

/** Receiving is off. */
export const PAUSED = lines(
  '已暂停：你不会再收到推送，直到发「恢复」。',
  'Paused: nothing will be pushed to you until you send “resume”.',
);

/** Receiving is on again. */
export const RESUMED = lines('已恢复：推送会照常送达。', 'Resumed: messages reach you again.');

/** Added to greetings of somebody who paused. */
export const STILL_PAUSED = '你暂停了接收，发「恢复」才会收到消息。You are paused; send “resume”.';

/** A question or a choice was dropped. */
export const CANCELLED = '已取消。\nCancelled.';

/** Somebody asks for their UID. */
export function tellUid(uid: string): string {
  return lines(
    `你的 UID：${uid}`,
    '把它填到应用里，应用就能推送给你。',
    'This is your UID. Apps use it to reach you.',
  );
}

/** Somebody asks for their keys. */
export function tellKeysLink(link: string): string {
  return lines(
    '打开下面的链接查看你的推送密钥。链接 10 分钟内有效，只能打开一次，请勿转发。',
    link,
    'This link shows your push keys once within 10 minutes. Do not share it.',
  );
}

/** What only the follower may read could not be sent to them. */
export const NOT_CONFIDED = lines(
  '链接没能发到你的聊天里，请稍后再试，或登录网页查看。',
  'The link could not be sent to your chat. Try again in a while, or sign in to the web pages.',
);

/** The app's developer is disabled. */
export function tellDisabled(app: Named): string {
  return lines(
    `${nameApp(app)} 的开发者已被停用，不能订阅，也收不到指令。恢复后照旧。`,
    'Its developer has been disabled: it takes neither subscribers nor commands until that ends.',
  );
}

/** `「name」(#97)` */
export function nameApp(app: Named): string {
  return `「${app.name}」(#${app.id})`;
}

/** The first line of a greeting. */
export function tellSubscribed(app: Named, topic: Named | null): string {
  return topic
    ? lines(
        `订阅成功：应用${nameApp(app)}的主题「${topic.name}」`,
        `Subscribed to the topic “${topic.name}”.`,
      )
    : lines(`订阅成功：${nameApp(app)}`, 'Subscribed.');
}

/** The tip where an app has none of its own. */
export function defaultTip(app: Named, topic: Named | null): string {
  return topic
    ? lines('主题的消息会推送到这里。', `退订 Unsubscribe：退订 #${app.id}-${topic.id}`)
    : lines(
        '它的消息会推送到这里。Its messages will reach you here.',
        `给它发指令 Send it a command：#${app.id} 内容`,
        `退订 Unsubscribe：退订 #${app.id}`,
      );
}

/** The relation was there before. */
export function tellAlready(app: Named, topic: Named | null): string {
  return lines(
    topic
      ? `你已经订阅过应用${nameApp(app)}的主题「${topic.name}」，消息会照常送达。`
      : `你已经订阅过${nameApp(app)}，消息会照常送达。`,
    'You are subscribed already.',
    !topic && `给它发指令 Send it a command：#${app.id} 内容`,
  );
}

/** The app's owner does not want this person. */
export function tellBlocked(app: Named): string {
  return lines(
    `抱歉，${nameApp(app)}的管理员停止了向你推送。如有疑问，请联系对方。`,
    `Sorry, the owner of “${app.name}” stopped sending to you. Ask them if you think this is a mistake.`,
  );
}

/** The plan of the owner allows no more people. */
export function tellFull(app: Named, topic: Named | null): string {
  return lines(
    `抱歉，${topic ? `「${topic.name}」` : nameApp(app)}的人数已达上限，暂时不能订阅。`,
    `Sorry, “${(topic ?? app).name}” has no room for more subscribers.`,
  );
}

/** A command reached its app. */
export function tellSent(app: Named): string {
  return lines(`已发送给${nameApp(app)}`, `Sent to “${app.name}”.`);
}

/** The same, after a choice that is remembered. */
export function tellSentAndRemembered(app: Named): string {
  return lines(
    tellSent(app),
    `10 分钟内直接发文字都会发给它；发「取消」重新选择。`,
    'For ten minutes plain text goes there; “cancel” forgets that.',
  );
}

/** An app number that nobody has. */
export function tellNoApp(id: string): string {
  return lines(
    `没有号码为 #${id} 的应用，请检查号码。`,
    `There is no app #${id}. Check the number.`,
    HELP_HINT,
  );
}

/** A command to an app that the sender does not follow. */
export function tellNotSubscribed(app: Named): string {
  return lines(
    `你还没有订阅${nameApp(app)}，指令没有发出。先发「#${app.id}」订阅。`,
    `You do not follow “${app.name}” yet. Send “#${app.id}” first.`,
  );
}

/** The app has nowhere to send commands to. */
export function tellTakesNoCommands(app: Named): string {
  return lines(
    `${nameApp(app)}不接收指令，这条消息没有发出。`,
    `“${app.name}” takes no commands, so this was not sent.`,
  );
}

/** `#97abc`: neither a command nor a number. */
export function tellCommandForm(id: string): string {
  return lines(
    `要给应用发指令，请在号码后加一个空格：#${id} 内容`,
    `A command needs a blank after the number: #${id} text`,
  );
}

/** The relation is gone. */
export function tellLeft(target: string): string {
  return lines(`已退订 ${target}`, `Unsubscribed from ${target}.`);
}

/** There was no such relation. */
export function tellNotLeft(target: string): string {
  return lines(
    `你没有订阅 ${target}，不需要退订。发「我的订阅」查看。`,
    `You do not follow ${target}. Send “subs” to see what you follow.`,
  );
}

/** Asks where a text should go. `quoted` is its start; long names are cut, so that 15 choices fit into a reply. */
export function askWhichApp(quoted: string, apps: readonly Named[], isCut: boolean): string {
  return lines(
    `「${quoted}」要发给哪个应用？回复序号：`,
    ...apps.map((app, at) => `${at + 1}. ${nameApp({ ...app, name: takeCodePoints(app.name, 20, '…') })}`),
    isCut && '……更多应用请发：#应用号 内容',
    `Which app is it for? Answer 1 to ${apps.length}, or #number. “取消 cancel” drops it.`,
  );
}

/** An answer that is none of the numbers. */
export function tellWrongNumber(count: number): string {
  return lines(`请回复 1 到 ${count} 的序号，或发「取消」。`, `Answer 1 to ${count}, or “cancel”.`);
}

/** What other kinds of messages are called. */
const KINDS: Readonly<Record<string, string>> = {
  image: '图片 pictures',
  voice: '语音 voice messages',
  video: '视频 videos',
  shortvideo: '小视频 videos',
  location: '位置 locations',
  link: '链接 links',
  file: '文件 files',
};

/** A message that is no text. */
export function tellOnlyText(kind: string): string {
  return lines(
    `暂时看不懂${KINDS[kind] ?? '这种消息 this kind of message'}，请发文字。`,
    'Only text is understood here.',
    HELP_HINT,
  );
}
