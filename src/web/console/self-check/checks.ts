/** All checks, and how one is run: whatever happens, it ends as a finding. */
import { ACCOUNT_CHECKS } from './account-checks.js';
import { bad, type Check, type CheckNeeds, type Finding, say } from './finding.js';
import { SERVER_CHECKS } from './server-checks.js';
import { WECHAT_CHECKS } from './wechat-checks.js';

/** All checks, in the order of the page. */
export const CHECKS: readonly Check[] = [...WECHAT_CHECKS, ...SERVER_CHECKS, ...ACCOUNT_CHECKS];

/** Runs a check. `onBug` hears of what no check expected. */
export async function runCheck(
  check: Check,
  needs: CheckNeeds,
  onBug: (error: unknown) => void,
): Promise<Finding> {
  try {
    return await check.run(needs);
  } catch (error) {
    onBug(error);
    return bad(
      say('检查本身没有完成', 'The check itself did not come to an end'),
      say('原因在服务器日志里。', 'The reason is in the log of the server.'),
    );
  }
}
