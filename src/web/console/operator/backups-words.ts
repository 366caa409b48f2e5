/** The words of backups. */

/** Chinese first, then English. */
export const BACKUPS_WORDS = {
  backups: ['备份与恢复', 'Backups'],
  lead: [
    '备份时服务照常收发。备份是一个完整的 SQLite 文件，存在服务器的 DATA_DIR/backups 里，最多保留 {most} 份，更旧的自动删除。',
    'Sending goes on while a backup is made. It is a whole SQLite file in DATA_DIR/backups; {most} are kept, older ones go.',
  ],
  secretKey: [
    '别忘了 DATA_DIR/secret.key（或 SECRET_KEY）：没有它，备份里的密钥、通道设置和联系方式谁也解不开。它只要保存一次，请与备份分开放。',
    'Keep DATA_DIR/secret.key (or SECRET_KEY) too: without it nobody can open the keys, channels and contacts in a backup. Save it once, and elsewhere.',
  ],
  make: ['立即备份', 'Back up now'],
  begun: ['已开始备份', 'The backup has begun'],
  making: ['正在备份 {name}', 'Making {name}'],
  makingOf: ['{done} / 约 {total}', '{done} of about {total}'],
  lastFailed: ['上次备份失败：{why}', 'The last backup failed: {why}'],
  noBackups: ['还没有备份', 'No backups yet'],
  noBackupsText: [
    '点「立即备份」，或设置 BACKUP_HOURS 让服务器自己备份。',
    'Press “Back up now”, or set BACKUP_HOURS and the server makes them by itself.',
  ],
  name: ['文件', 'File'],
  size: ['大小', 'Size'],
  createdAt: ['时间', 'Made'],
  download: ['下载', 'Download'],
  restoreIt: ['恢复', 'Restore'],
  restoreSure: [
    '下次启动时用这份备份替换现在的数据库，之后的消息和改动都会不见（现在的文件会留着）。确定吗？',
    'At the next start this takes the place of the present database: what came later is gone (the present file is kept). Sure?',
  ],
  removeSure: ['确定删除这份备份吗？', 'Remove this backup?'],
  removed: ['已删除', 'Removed'],
  restore: ['从文件恢复', 'Restore from a file'],
  restoreLead: [
    '上传的文件先检查完整性和版本，再等下次启动替换；现在的数据库会改名保留。备份之后才发出的消息，恢复后可能再发一次。',
    'The file is checked, whole and of a known version, then waits for the next start; the present database is kept under another name. What was sent after the backup may be sent again.',
  ],
  file: ['备份文件', 'Backup file'],
  upload: ['上传并检查', 'Upload and check'],
  needsScript: [
    '上传需要浏览器脚本；也可以在服务器上运行：npm run restore -- 文件',
    'Uploading needs scripts; or run on the server: npm run restore -- FILE',
  ],
  uploading: ['正在上传', 'Uploading'],
  checking: ['正在检查，大文件需要一会儿', 'Checking; a large file takes a while'],
  uploadFailed: ['上传没有完成，请再试一次', 'The upload did not finish: try again'],
  waiting: ['等待恢复', 'Waiting to be restored'],
  waitingText: [
    '重启服务后生效。现在的数据库会改名为 …before-日期 保留。',
    'Takes effect with the next start. The present database is kept as …before-DATE.',
  ],
  placed: ['检查通过，重启后恢复', 'Checked: restored with the next start'],
  holds: [
    '{messages} 条消息，{people} 个用户，{apps} 个应用',
    '{messages} messages, {people} people, {apps} apps',
  ],
  keysame: ['与这台服务器的密钥一致', 'Written with this server’s secret key'],
  keyother: [
    '它是用另一把密钥写的：启动前请先把那台服务器的 secret.key 放到 DATA_DIR，否则密钥和通道都打不开。',
    'Written with another secret key: put that server’s secret.key into DATA_DIR before the start, or keys and channels cannot be opened.',
  ],
  keyunknown: [
    '看不出是用哪把密钥写的，请确认 secret.key 没有换过。',
    'Nobody can tell which secret key wrote it: make sure that secret.key is the same.',
  ],
  doubtempty: [
    '这个文件里什么都没有：没有用户、应用和消息。真的要用它替换现在的数据库吗？不要就点「取消恢复」。',
    'There is nothing in this file: no people, apps or messages. If you do not want it in the place of the present database, press “Do not restore”.',
  ],
  doubtold: [
    '这个文件里最新的消息是 {days} 天之前的。真的要回到那时吗？不要就点「取消恢复」。',
    'The newest message in this file is {days} days old. If you do not want to go back that far, press “Do not restore”.',
  ],
  isOlder: ['来自旧版本，启动时自动升级', 'From an older version: brought up to date at the start'],
  giveUp: ['取消恢复', 'Do not restore'],
  gaveUp: ['已取消，数据库保持不变', 'The database stays as it is'],
  byMachine: ['定时备份', 'Backups by machine'],
  byMachineLead: [
    '最省事的是设置 BACKUP_HOURS，服务器自己备份到同一个文件夹。要放到别的机器上，在那里定时运行：第一条等备份完成后给出文件名，第二条下载。',
    'With BACKUP_HOURS the server makes them by itself, into that same folder. To have them elsewhere run this there by a timer: the first waits for the backup and names it, the second downloads it.',
  ],
  notServed: [
    '这台服务器的数据库不是文件，请用数据库自己的工具备份。',
    'This server’s database is no file: use the database’s own tools.',
  ],
} as const satisfies Record<string, readonly [string, string]>;
