/** Says so where there is no PostgreSQL and its tests are skipped. */
import { it } from 'vitest';
import { isPostgresHere } from '#test/support/postgres.js';

it.skipIf(!isPostgresHere())('PostgreSQL is installed, or QINGNIAO_TEST_POSTGRES names a server', () => {});
