/** Backups: made while the server works, kept, downloaded, and put back at the next start. */

import { AppError } from '#src/core/errors.js';
import type { Core } from '#src/core/index.js';
import type { ConsoleModule, ConsoleVisit } from '#src/web/console/module.js';
import { sendFile } from '#src/web/session/send-file.js';
import { BACKUPS_WORDS } from './backups-words.js';
import { formatSize, operatorPages } from './desk.js';

const PATH = '/console/backups';

type Visit = ConsoleVisit<keyof typeof BACKUPS_WORDS>;

/** The pages at /console/backups. */
export const backupsModule: ConsoleModule = {
  menu: [{ path: PATH, label: BACKUPS_WORDS.backups, group: 'operator' }],
  mount(desk, { core, publicUrl }) {
    const { get, post } = operatorPages(desk, BACKUPS_WORDS);
    get(PATH, (visit) => showList(core, visit, publicUrl));
    get(`${PATH}/progress`, async (visit) => {
      const { running } = await core.backups.readProgress();
      visit.json(running ? { ...running, text: sayProgress(visit, running) } : { name: null });
    });
    post(PATH, async (visit) => {
      await core.backups.beginBackup();
      await visit.audit('backup.make');
      visit.flash('good', visit.t('begun'));
      visit.redirect(PATH);
    });
    get(`${PATH}/:name`, async (visit) => {
      const file = await core.backups.openBackup(visit.param('name'));
      await visit.audit('backup.download', file.name);
      sendFile(visit.ctx, file);
    });
    post(`${PATH}/:name/remove`, async (visit) => {
      await core.backups.removeBackup(visit.param('name'));
      await visit.audit('backup.remove', visit.param('name'));
      visit.flash('good', visit.t('removed'));
      visit.redirect(PATH);
    });
    mountRestore(core, post);
  },
};

type Post = ReturnType<typeof operatorPages<keyof typeof BACKUPS_WORDS>>['post'];

/** How a file comes to take the database's place. */
function mountRestore(core: Core, post: Post): void {
  post(`${PATH}/restore/upload`, async (visit) => receive(core, visit), { upload: true });
  post(`${PATH}/restore/cancel`, async (visit) => {
    await core.backups.cancelRestore();
    await visit.audit('restore.cancel');
    visit.flash('good', visit.t('gaveUp'));
    visit.redirect(PATH);
  });
  post(`${PATH}/:name/restore`, async (visit) => {
    await core.backups.chooseRestore(visit.param('name'));
    await visit.audit('restore.choose', visit.param('name'));
    visit.flash('good', visit.t('placed'));
    visit.redirect(PATH);
  });
}

/** The body is the file itself. A script sends it, and reads what is wrong with it. */
async function receive(core: Core, visit: Visit): Promise<void> {
  const size = Number(visit.ctx.get('Content-Length'));
  if (!Number.isSafeInteger(size) || size < 1) {
    throw new AppError('bad_field', { field: 'file', detail: '没有内容 empty' });
  }
  await core.backups.receiveRestore(visit.ctx.req, size);
  await visit.audit('restore.upload', '', formatSize(size));
  visit.flash('good', visit.t('placed'));
  visit.json({ ok: true });
}

function sayProgress({ t }: Visit, running: { doneBytes: number; totalBytes: number }): string {
  return t('makingOf', { done: formatSize(running.doneBytes), total: formatSize(running.totalBytes) });
}

async function showList(core: Core, visit: Visit, publicUrl: string): Promise<void> {
  const base = {
    styles: ['operator.css'],
    scripts: ['backups.js'],
    size: formatSize,
  };
  const isServed = core.backups.isServed();
  const [backups, progress, waiting] = isServed
    ? await Promise.all([core.backups.listBackups(), core.backups.readProgress(), core.backups.findRestore()])
    : [[], { running: null, failure: '' }, null];
  visit.show({
    template: 'op-backups',
    title: visit.t('backups'),
    policy: { connect: true },
    values: {
      ...base,
      isServed,
      most: isServed ? core.backups.countKept() : 0,
      backups,
      running: progress.running,
      runningText: progress.running ? sayProgress(visit, progress.running) : '',
      failure: progress.failure,
      waiting,
      example: [
        `name=$(curl -fsS -X POST -H "Authorization: Bearer $ADMIN_TOKEN" ${publicUrl}/api/v1/backups | sed 's/.*"name":"\\([^"]*\\)".*/\\1/')`,
        `curl -fsS -OJ -H "Authorization: Bearer $ADMIN_TOKEN" ${publicUrl}/api/v1/backups/$name`,
      ].join('\n'),
    },
  });
}
