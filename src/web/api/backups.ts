/** The calls about backups: for timers that make one and carry it away. */
import { z } from 'zod';
import type { Core } from '#src/core/index.js';
import { declareFileRoute, declareRoute, type Route } from './route.js';
import { listOf, moment } from './schema.js';

const backup = z.object({ name: z.string(), sizeBytes: z.int(), createdAt: moment });

/** Declares the calls about backups. */
export function declareBackupRoutes(core: Core): Route[] {
  return [makeBackup(core), listBackups(core), getBackup(core)];
}

function makeBackup(core: Core): Route {
  return declareRoute({
    name: 'makeBackup',
    method: 'post',
    path: '/backups',
    tag: 'backups',
    summary:
      '备份数据库，完成后才应答；期间照常收发，同时只做一份；仅限管理员 Back the database up and answer when done; sending goes on, one at a time; operator only',
    status: 201,
    operatorOnly: true,
    answer: backup,
    errors: ['conflict', 'not_served', 'unavailable'],
    run: () => core.backups.makeBackup(),
  });
}

function listBackups(core: Core): Route {
  return declareRoute({
    name: 'listBackups',
    method: 'get',
    path: '/backups',
    tag: 'backups',
    summary: '备份列表，新的在前，仅限管理员 List backups, newest first; operator only',
    status: 200,
    operatorOnly: true,
    answer: listOf(backup),
    errors: ['not_served'],
    async run() {
      const items = await core.backups.listBackups();
      return { total: items.length, items };
    },
  });
}

function getBackup(core: Core): Route {
  return declareFileRoute({
    name: 'getBackup',
    method: 'get',
    path: '/backups/{name}',
    tag: 'backups',
    summary:
      '下载备份，一个 SQLite 文件；secret.key 要另外保存；仅限管理员 Download a backup, a SQLite file; keep secret.key too; operator only',
    status: 200,
    operatorOnly: true,
    params: z.object({ name: z.string().min(1).max(64) }),
    file: 'application/vnd.sqlite3',
    errors: ['not_served'],
    run: ({ params }) => core.backups.openBackup(params.name),
  });
}
