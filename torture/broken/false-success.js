// A bug on purpose: what shall be tried again counts as sent.
import { recordResults as record } from '#src/store/outbox.js';

export * from '#src/store/outbox.js';

export async function recordResults(db, results, mark) {
  const wrong = results.map((result) =>
    result.state === 'due' && result.attempt !== null
      ? { ...result, state: 'sent', dueAt: null, finishedAt: mark.now }
      : result,
  );
  await record(db, wrong, mark);
}
