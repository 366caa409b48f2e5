/** The domain on a store of its own, with a clock that stands still and a WeChat that makes QR codes. */
import { type Core, createCore } from '#src/core/index.js';
import { createKeyRing } from '#src/lib/key-ring.js';
import { silentLogger } from '#src/lib/logger.js';
import { ACCOUNT, openStoreWorld } from '#test/store/store-world.js';

const KEY = Buffer.alloc(32, 7);

/** The domain and its store; close it after the test. */
export type CoreWorld = Awaited<ReturnType<typeof openCoreWorld>>;

/** Opens it. */
export async function openCoreWorld() {
  const store = await openStoreWorld();
  const asked: { scene: string; expireSeconds?: number }[] = [];
  const wechat: { refusal: Error | null } = { refusal: null };
  let wakes = 0;
  const boot = (): Core =>
    createCore(
      {
        db: store.db,
        clock: store.clock,
        newId: store.newId,
        box: createKeyRing(KEY),
        hashKey: KEY,
        log: silentLogger,
        account: { platform: 'wechat', account: ACCOUNT.account },
        publicUrl: 'https://push.example',
        wake: () => {
          wakes += 1;
        },
      },
      {
        qrcodes: {
          createQrcode: async (input) => {
            if (wechat.refusal) {
              throw wechat.refusal;
            }
            asked.push(input);
            return { ticket: `ticket ${input.scene}`, url: `http://weixin.qq.com/q/${input.scene}` };
          },
        },
        checkUrl: (url) => {
          if (url.includes('inside')) {
            throw new Error('the address is in a private network');
          }
        },
        adminToken: null,
      },
    );
  let core = boot();
  return {
    store,
    clock: store.clock,
    asked,
    wechat,
    get db() {
      return store.db;
    },
    get core(): Core {
      return core;
    },
    countWakes: () => wakes,
    /** Stops and starts on the same file. */
    async restart(): Promise<void> {
      await store.reopen();
      core = boot();
    },
    close: store.close,
  };
}
