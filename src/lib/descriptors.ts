/** Whether the process may open one more file: at its limit, connections are dropped by the system without a word to anybody. */
import { open } from 'node:fs/promises';
import type { Logger } from './logger.js';

const EVERY_MS = 2000;

/** Tries it. What else stands in the way of opening counts as room. */
export async function hasDescriptors(): Promise<boolean> {
  try {
    await (await open(process.execPath, 'r')).close();
    return true;
  } catch (error) {
    return !(
      error instanceof Error &&
      'code' in error &&
      (error.code === 'EMFILE' || error.code === 'ENFILE')
    );
  }
}

/** Logs when none are left and when there are some again; the answer stops it. */
export function watchDescriptors(log: Logger): () => void {
  let isShort = false;
  const look = async (): Promise<void> => {
    const wasShort = isShort;
    isShort = !(await hasDescriptors());
    if (isShort && !wasShort) {
      log.error('no file descriptors left, connections are refused: raise LimitNOFILE or ulimit -n');
    } else if (wasShort && !isShort) {
      log.info('there are file descriptors again');
    }
  };
  const timer = setInterval(() => void look(), EVERY_MS).unref();
  return () => clearInterval(timer);
}
