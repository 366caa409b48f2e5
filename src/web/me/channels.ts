/** A follower's own channels: Bark, mail and the like beside WeChat. */
import { mountChannelPages } from '#src/web/console/channels/mount.js';
import type { MeDeps, MeDesk } from './index.js';

/** Mounts the pages below /me/channels. */
export function mountMyChannels(desk: MeDesk, { core }: MeDeps): void {
  mountChannelPages(desk, {
    core,
    base: '/me/channels',
    findOwner: async ({ visitor: { personId, uid } }) => ({ personId, uid }),
  });
}
