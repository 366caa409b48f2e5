/** The console's apps: making them, their tokens, endpoints, subscribers, QR codes and topics. */
import type { ConsoleModule } from '#src/web/console/module.js';
import { mountApp } from './app.js';
import { mountCallback } from './callback.js';
import { mountCallbackLog } from './callback-log.js';
import { mountCodes } from './codes.js';
import { mountList } from './list.js';
import { APPS_PATH } from './place.js';
import { PLACE_WORDS } from './place-words.js';
import { mountSubscribers } from './subscribers.js';
import { mountToken } from './token.js';
import { mountTopics } from './topics.js';

/** The pages below /console/apps. Paths with fixed words come before those with a number in their place. */
export const appsModule: ConsoleModule = {
  menu: [{ path: APPS_PATH, label: PLACE_WORDS.apps, group: 'work' }],
  mount(desk, deps) {
    for (const mount of [
      mountList,
      mountToken,
      mountCallback,
      mountCallbackLog,
      mountTopics,
      mountSubscribers,
      mountCodes,
      mountApp,
    ]) {
      mount(desk, deps);
    }
  },
};
