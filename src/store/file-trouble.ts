/** What is wrong with the database's files before SQLite meets them, of which it says only that they cannot be opened. */
import { accessSync, constants, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { lockPathOf } from './file-lock.js';

/** A sentence about the first of the files at and beside `path` that is no file, or that this process may not read and write; else null. */
export function findFileTrouble(path: string): string | null {
  for (const part of [path, `${path}-wal`, `${path}-shm`, lockPathOf(path)]) {
    const trouble = describeKind(part) ?? describeAccess(part);
    if (trouble !== null) {
      return trouble;
    }
  }
  // SQLite makes files beside the database.
  return describeAccess(dirname(path));
}

function describeKind(path: string): string | null {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found || found.isFile()) {
    return null;
  }
  return `${path} 应是文件，却是${found.isDirectory() ? '文件夹' : '别的东西'}，请移开它 is ${found.isDirectory() ? 'a folder' : 'something else'} where a file belongs: move it away`;
}

function describeAccess(path: string): string | null {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return null;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    return code === 'ENOENT'
      ? null
      : `${path} 读不了或写不了（${code}）：用 chown 把它交给运行服务的用户，磁盘也要可写 cannot be read and written (${code}): give it to the user that runs the server with chown, on a disk that takes writes`;
  }
}
