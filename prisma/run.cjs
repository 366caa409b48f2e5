// Runs a program of this project: `node prisma/run.cjs dist/main.js …`. What stands here and in fit.cjs is read by any Node, so
// that an unfit one says so in a sentence.
'use strict';

const { findLack } = require('./fit.cjs');

const lack = findLack(process.versions);
if (lack) {
  process.stderr.write(`${lack}\n`);
  process.exitCode = 1;
} else {
  import('./load.js');
}
