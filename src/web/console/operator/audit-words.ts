/** The words of the audit log. */

/** Chinese first, then English. */
export const AUDIT_WORDS = {
  audit: ['操作记录', 'Audit log'],
  lead: [
    '在控制台、管理接口和自己的页面上做的每一处改动：谁、何时、从哪里。不含密钥。',
    'Every change made in the console, by the management API and on people’s own pages: who, when, from where. No secrets.',
  ],
  actor: ['谁（UID 开头，或 ADMIN_TOKEN）', 'Who (beginning of a UID, or ADMIN_TOKEN)'],
  action: ['操作或对象，如 app.create、app 97', 'Action or target: app.create, app 97'],
  who: ['谁', 'Who'],
  what: ['操作', 'Action'],
  target: ['对象', 'Target'],
  detail: ['内容', 'Detail'],
  address: ['地址', 'Address'],
  at: ['时间', 'Time'],
  noEntries: ['还没有记录', 'Nothing yet'],
  noEntriesText: [
    '任何人改动应用、主题、密钥、设置后，这里都会多一行。',
    'Whenever somebody changes an app, a topic, a key or a setting, a line appears here.',
  ],
  noMatchText: ['换个开头试试，或清除条件。', 'Try another beginning, or clear the search.'],
  noMatch: ['没有找到', 'Nothing found'],
  searchedTo: [
    '已找到 {time} 为止，更早的请点「更早」继续。',
    'Searched back to {time}: “Older” goes on from there.',
  ],
  older: ['更早', 'Older'],
  newest: ['回到最新', 'Back to the newest'],
} as const satisfies Record<string, readonly [string, string]>;
