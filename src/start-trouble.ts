/** What keeps the server from starting and is no bug: said in one sentence with the way out, instead of a stack. */
import { ConfigError } from './config.js';
import { DAMAGE_REMEDY, isDamage } from './store/damage.js';
import { StoreError } from './store/open.js';

/** By the system's code. */
const SAYINGS: Readonly<Record<string, string>> = {
  EADDRINUSE:
    '端口已被占用，请用 PORT 设置另一个，或停下占用它的程序 The port is in use: set PORT to another, or stop what has it',
  EACCES:
    '没有权限：1024 以下的端口要用 PORT 换一个，文件请检查 DATA_DIR 的权限 Not permitted: set PORT above 1023, and check who may write to DATA_DIR',
  EADDRNOTAVAIL: '本机没有这个地址，请改 HOST This machine has no such address: set HOST',
  EMFILE:
    '打开的文件太多，请提高上限（ulimit -n 或 systemd 的 LimitNOFILE） Too many open files: raise the limit (ulimit -n, or LimitNOFILE of systemd)',
  ENFILE: '系统打开的文件太多，请提高 fs.file-max The system has too many open files: raise fs.file-max',
  ENOSPC: '磁盘满了，请腾出空间 The disk is full: make room',
  EROFS:
    '磁盘是只读的，请把 DATA_DIR 设到可写的地方 The disk is read-only: set DATA_DIR to where one may write',
};

/** The sentence; null for what is a bug and deserves its stack. */
export function explainStart(error: unknown): string | null {
  if (error instanceof ConfigError || error instanceof StoreError) {
    return error.message;
  }
  if (isDamage(error)) {
    return DAMAGE_REMEDY;
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const saying = SAYINGS[code.startsWith('SQLITE_FULL') ? 'ENOSPC' : code];
  return saying === undefined || !(error instanceof Error) ? null : `${saying} (${error.message})`;
}
