/** `npm run torture -- --seed N --minutes M [--database postgresql://…] [--faults a,b]`: runs, says what it found, and how to see it again. */
import { randomInt } from 'node:crypto';
import { readOptions } from './options.js';
import { runTorture } from './run.js';

const MINUTE_MS = 60_000;
const SHOWN = 40;

// An exit ends the servers and removes the disk; a signal alone would leave both behind.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => process.exit(1));
}

try {
  const { seed, minutes, database, faults, rate } = readOptions(process.argv.slice(2), () =>
    randomInt(2 ** 31),
  );
  const chosen = [
    ...(database ? ['--database', database] : []),
    ...(faults ? ['--faults', faults.join(',')] : []),
  ];
  const again = ['npm run torture -- --seed', seed, '--minutes', minutes, ...chosen].join(' ');
  const say = (text: string): void => {
    process.stderr.write(`${text}\n`);
  };
  say(`seed ${seed}, ${minutes} min of traffic on ${database ? 'PostgreSQL' : 'SQLite'}`);
  const { problems, counts, refusals, lines } = await runTorture({
    seed,
    trafficMs: minutes * MINUTE_MS,
    database,
    ...(faults ? { kinds: faults } : {}),
    rate,
    say,
  });
  say(
    Object.entries(counts)
      .map(([name, count]) => `${count} ${name}`)
      .join(', '),
  );
  say(refusals.slice(0, 5).join('\n'));
  if (problems.length > 0) {
    say(lines.join('\n'));
    say(`${problems.length} promises broken:\n${problems.slice(0, SHOWN).join('\n')}`);
    say(`the same again: ${again}`);
    process.exit(1);
  }
  say(`seed ${seed}: every promise was kept`);
  process.exit(0);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
}
