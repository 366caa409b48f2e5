/** The words of the page of quiet hours. */

/** Chinese first, then English. */
export const QUIET_WORDS = {
  heading: ['免打扰时段', 'Quiet hours'],
  lead: [
    '这段时间里只有紧急消息会马上推送，其余的等时段结束再送。按中国时间，可以跨过午夜。',
    'Within these hours only urgent messages are pushed at once; the others wait for their end. China time; they may pass midnight.',
  ],
  notSet: [
    '还没有设置。下面是建议的时间，保存后生效。',
    'Not set yet. These hours are a suggestion: they hold once saved.',
  ],
  from: ['开始', 'From'],
  to: ['结束', 'To'],
  off: ['取消免打扰', 'No quiet hours'],
  saved: ['已保存：{from}–{to} 免打扰', 'Saved: quiet from {from} to {to}'],
  cleared: ['已取消免打扰', 'No quiet hours any more'],
  badTime: ['请填时间，如 22:30', 'A time, as in 22:30'],
  same: ['开始与结束不能相同', 'The two times must differ'],
} as const satisfies Record<string, readonly [string, string]>;
