/** The operator's part of the console: the whole server, its people and its numbers. */
import type { ConsoleModule } from '#src/web/console/module.js';
import { accountsModule } from './accounts.js';
import { auditModule } from './audit.js';
import { backupsModule } from './backups.js';
import { limitsModule } from './limits.js';
import { numbersModule } from './numbers.js';
import { peopleModule } from './people.js';
import { plansModule } from './plans.js';
import { settingsModule } from './settings.js';

/** Its pages, in the order of the navigation. */
export const operatorModules: readonly ConsoleModule[] = [
  numbersModule,
  peopleModule,
  accountsModule,
  plansModule,
  settingsModule,
  limitsModule,
  auditModule,
  backupsModule,
];
