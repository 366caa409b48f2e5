/** Tells a template that is gone from WeChat's passing mistake: 40037 comes now and then although the id is right. */
import { LRUCache } from 'lru-cache';
import type { Outcome } from '#src/core/types.js';

/** "invalid template_id". */
const CODE = '40037';
/** So many in a row, with nothing sent between them, are no mistake any more. */
const IN_A_ROW = 3;
/** Accounts that are remembered. */
const MOST_ACCOUNTS = 1000;

/** Makes the judge: it takes how a send of an account went, and lets a first refusal of the template be tried again by itself. */
export function createTemplateMisses(): (account: string, outcome: Outcome) => Outcome {
  const misses = new LRUCache<string, number>({ max: MOST_ACCOUNTS });
  return (account, outcome) => {
    if (outcome.kind === 'sent') {
      misses.delete(account);
      return outcome;
    }
    if (outcome.code !== CODE || outcome.kind !== 'retry') {
      return outcome;
    }
    const count = (misses.get(account) ?? 0) + 1;
    misses.set(account, count);
    return count < IN_A_ROW ? { kind: 'retry', code: CODE, why: outcome.why } : outcome;
  };
}
