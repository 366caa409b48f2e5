/** The list of cases, in the order in which they run. */
import type { BenchCase } from '../case.js';
import { accept } from './accept.js';
import { broadcast } from './broadcast.js';
import { callbacks } from './callbacks.js';
import { deliver } from './deliver.js';
import { fleet } from './fleet.js';
import { lists } from './lists.js';
import { pages } from './pages.js';
import { restart } from './restart.js';
import { upstream } from './upstream.js';

/** All cases. */
export const cases: readonly BenchCase[] = [
  accept,
  deliver,
  broadcast,
  callbacks,
  upstream,
  restart,
  fleet,
  lists,
  pages,
];
