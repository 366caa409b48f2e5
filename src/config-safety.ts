/** What makes a start unsafe, each in a sentence that says what to change; they are said together with all other problems. */
import type { SettingReader } from './config-reader.js';
import { isLoopbackName } from './lib/host-names.js';

/** What is looked at; the rest of the settings is safe by its form. */
interface Looked {
  host: string;
  adminToken: string | null;
  /** Whether it was said that a sandbox may be reached from other machines. */
  anywhere: boolean;
}

/** Fewer characters can be guessed; `openssl rand -hex 24` gives 48. */
const LEAST_TOKEN = 24;

/** Whether a sandbox may be reached from other machines. */
export function readAnywhere(reader: SettingReader): boolean {
  const value = reader.read('SANDBOX_ANYWHERE').toLowerCase();
  if (value !== '' && value !== 'yes') {
    reader.complain('SANDBOX_ANYWHERE', '只能是 yes，或不设 must be yes, or not set');
  }
  return value === 'yes';
}

/** Complains of every unsafe setting. */
export function checkSafety(reader: SettingReader, { host, adminToken, anywhere }: Looked): void {
  if (reader.sandbox) {
    checkSandbox(reader, host, anywhere);
    return;
  }
  if (adminToken !== null && !new RegExp(`^[!-~]{${LEAST_TOKEN},}$`).test(adminToken)) {
    reader.complain(
      'ADMIN_TOKEN',
      `正式服务器上至少 ${LEAST_TOKEN} 个字符，只用字母、数字和符号，用 openssl rand -hex 24 生成 must have at least ${LEAST_TOKEN} characters on a live server, letters, digits and signs alone: make one by openssl rand -hex 24`,
    );
  }
  if (reader.isGiven('WECHAT_TOKEN') && !/^[A-Za-z0-9]{3,32}$/.test(reader.read('WECHAT_TOKEN'))) {
    reader.complain(
      'WECHAT_TOKEN',
      '应为 3 到 32 个字母或数字，微信不收别的 must be 3 to 32 letters and digits: WeChat takes nothing else',
    );
  }
}

/** In a sandbox whoever reaches it may be anybody, the administrator too. */
function checkSandbox(reader: SettingReader, host: string, anywhere: boolean): void {
  if (!isLoopbackName(host) && !anywhere) {
    reader.complain(
      'HOST',
      '沙盒里谁都能当管理员，只能监听本机：去掉 HOST；确实要让别的机器访问就设 SANDBOX_ANYWHERE=yes；正式使用请设 WECHAT_APP_ID in the sandbox anybody may be the administrator, so it listens on this machine only: unset HOST; to let other machines in all the same set SANDBOX_ANYWHERE=yes; for a live server set WECHAT_APP_ID',
    );
  }
}
