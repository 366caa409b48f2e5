/** One's own channels in the console. */
import type { ConsoleModule } from '#src/web/console/module.js';
import { CHANNELS_WORDS } from './channels-words.js';
import { mountChannelPages } from './mount.js';

const PATH = '/console/channels';

/** The pages below /console/channels. */
export const channelsModule: ConsoleModule = {
  menu: [{ path: PATH, label: CHANNELS_WORDS.channels, group: 'work' }],
  mount(desk, { core }) {
    mountChannelPages(desk, {
      core,
      base: PATH,
      findOwner: async ({ visitor: { personId, uid } }) => ({ personId, uid }),
    });
  },
};
