/** `npm run rotate-key`: exchanges the secret key, by itself or while it watches the server do it, and says how far that is. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Config, loadConfig } from './config.js';
import { createKeyRotation, type RotationStep } from './core/key-rotation.js';
import { systemClock } from './lib/clock.js';
import { createKeyRing } from './lib/key-ring.js';
import { silentLogger } from './lib/logger.js';
import { endWithReader } from './lib/pipe-end.js';
import { keepFilesPrivate } from './lib/private-files.js';
import { keyPathOf, previousKeyPathOf, replaceSecretKey } from './lib/secret-key.js';
import { openData, readKeys } from './open-data.js';
import { explainStart } from './start-trouble.js';
import { inspectKeys } from './store/backups.js';
import { isInUse } from './store/file-lock.js';
import { type KeyRotation, readKeyState } from './store/key-rotation.js';
import { StoreError } from './store/open.js';

const USAGE = '用法 Usage: npm run rotate-key';
const LOOK_MS = 500;
/** A server that knows the new key lets it take over within seconds of its start. */
const PATIENCE_MS = 20_000;

endWithReader();
keepFilesPrivate();
await rotate(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${explainStart(error) ?? String(error instanceof Error ? error.stack : error)}\n`);
  process.exitCode = 1;
});

async function rotate(args: readonly string[]): Promise<void> {
  if (args.length > 0) {
    throw new StoreError(USAGE);
  }
  const config = loadConfig();
  const path = config.databaseUrl.startsWith('file:') ? config.databaseUrl.slice('file:'.length) : null;
  const isServed = path !== null && (await isInUse(path));
  const hasMadeKey = await readyKeys(config, path);
  if (hasMadeKey) {
    say(
      `新密钥已写入 The new key is in ${keyPathOf(config.dataDir)}; 原来的 the former in ${previousKeyPathOf(config.dataDir)}`,
    );
  }
  if (hasMadeKey && isServed) {
    say(
      '现在重启服务器，它会边工作边换；再运行 npm run rotate-key 看进度 Now restart the server: it seals everything anew while it works, and npm run rotate-key shows how far it is',
    );
    return;
  }
  const done = await (path !== null && isServed ? watch(config, path) : work(config));
  sayDone(config, done);
}

/** Makes a new key where the key is in its file and no exchange has begun; returns whether it did. Throws StoreError where the settings name no key to exchange. */
async function readyKeys(config: Config, path: string | null): Promise<boolean> {
  const { own, previous } = readKeys(config);
  if (own && previous && !own.equals(previous)) {
    return false;
  }
  if (config.secretKey) {
    throw new StoreError(
      '先把新密钥（openssl rand -base64 32）写进 SECRET_KEY，原来的写进 SECRET_KEY_PREVIOUS，重启，再运行本命令 First put a new key (openssl rand -base64 32) into SECRET_KEY and the present one into SECRET_KEY_PREVIOUS, restart, and run this again',
    );
  }
  const { mark } = path === null ? { mark: null } : await inspectKeys(path).catch(() => ({ mark: null }));
  if (!own || mark === null) {
    throw new StoreError(
      '还没有密钥或数据库，先启动一次服务器 There is no key or database yet: start the server once',
    );
  }
  if (mark !== createKeyRing(own).mark) {
    throw new StoreError(
      `${keyPathOf(config.dataDir)} 不是写数据库的那一把，先用 npm run check-data 看看 is not the key that the database was written with: see npm run check-data`,
    );
  }
  replaceSecretKey(config.dataDir, own);
  return true;
}

/** Does it, or waits for the process that does. */
async function work(config: Config): Promise<KeyRotation | null> {
  const { ring, store } = await openData(config, { clock: systemClock, log: silentLogger });
  try {
    const { db, session } = store;
    const rotation = createKeyRotation({ db, ring, session, clock: systemClock, log: silentLogger });
    const progress = createProgress();
    for (;;) {
      const step = await rotation.step();
      if (step.step === 'done' || step.step === 'none') {
        return step.step === 'done' ? step.rotation : null;
      }
      progress.tell(step, (await readKeyState(db)).rotation);
      await sleep(LOOK_MS);
    }
  } finally {
    await store.close();
  }
}

/** Watches the server that has the SQLite file. Throws StoreError where it does not know the new key. */
async function watch(config: Config, path: string): Promise<KeyRotation | null> {
  const { own, previous } = readKeys(config);
  const ownMark = own ? createKeyRing(own, previous).ownMark : '';
  const progress = createProgress();
  const startedAt = performance.now();
  for (;;) {
    const { mark, rotation } = await inspectKeys(path);
    if (mark === ownMark && (rotation === null || rotation.finishedAt !== null)) {
      return rotation;
    }
    if (mark !== ownMark && performance.now() - startedAt > PATIENCE_MS) {
      throw new StoreError(
        '正在运行的服务器不知道新密钥：用同样的 SECRET_KEY 和 SECRET_KEY_PREVIOUS 重启它，再运行本命令 The server that works was started without the new key: restart it with the same SECRET_KEY and SECRET_KEY_PREVIOUS, and run this again',
      );
    }
    progress.tell({ step: mark === ownMark ? 'sealing' : 'settling' }, rotation);
    await sleep(LOOK_MS);
  }
}

/** Says how far it is, each time that something has changed. */
function createProgress() {
  let last = '';
  return {
    tell(step: RotationStep, rotation: KeyRotation | null): void {
      const text =
        step.step === 'waiting'
          ? `等 ${step.count} 个还不知道新密钥的进程重启 waiting for ${step.count} processes to be restarted with the new key`
          : `已重新加密 ${rotation?.finishedAt === null ? rotation.resealed : 0} 项 sealed anew so far`;
      if (text !== last) {
        last = text;
        say(text);
      }
    },
  };
}

function sayDone(config: Config, rotation: KeyRotation | null): void {
  const former = config.secretKey ? 'SECRET_KEY_PREVIOUS' : previousKeyPathOf(config.dataDir);
  const { resealed, unopened } = rotation ?? { resealed: 0, unopened: 0 };
  say(`完成：重新加密了 ${resealed} 项 Done: ${resealed} values were sealed anew`);
  if (unopened > 0) {
    say(
      `${unopened} 项两把密钥都打不开，没有动 ${unopened} values open with neither key and were left alone`,
    );
  }
  say(
    `现在可以去掉 ${former}；去掉之前，已发出的消息页链接还能打开 Now remove ${former}; until then the links to message pages that were sent go on working`,
  );
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
