/** The list of the followers' pages. */
import { mountMyChannels } from './channels.js';
import { mountContacts } from './contacts.js';
import { mountMyData } from './data.js';
import { mountHome } from './home.js';
import type { MeDeps, MeDesk } from './index.js';
import { mountKeys } from './keys.js';
import { mountMessages } from './messages.js';
import { mountQuiet } from './quiet.js';
import { mountSubscriptions } from './subscriptions.js';

/** Mounts them all. */
export function mountMePages(desk: MeDesk, deps: MeDeps): void {
  for (const mount of [
    mountHome,
    mountMessages,
    mountSubscriptions,
    mountQuiet,
    mountKeys,
    mountMyChannels,
    mountContacts,
    mountMyData,
  ]) {
    mount(desk, deps);
  }
}
