/** Keeps the stream of live events open, and opens it again whenever it breaks. */
import { root } from './api.js';

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;
const EVENTS = ['inbox', 'follower', 'menu', 'arrival'];

/**
 * Listens until the page goes away. `onEvent(name, fields)` gets each event; `onOpen()` is called at each (re)connect,
 * when everything missed in between must be read anew; `onDown()` when the stream is lost.
 */
export function listenLive({ onEvent, onOpen, onDown }) {
  let waitMs = FIRST_WAIT_MS;
  const open = () => {
    const source = new EventSource(new URL('api/events', root));
    source.addEventListener('open', () => {
      waitMs = FIRST_WAIT_MS;
      onOpen();
    });
    source.addEventListener('error', () => {
      // The browser alone gives up for good on an error status, for instance while the server restarts.
      source.close();
      onDown();
      setTimeout(open, waitMs);
      waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
    });
    for (const name of EVENTS) {
      source.addEventListener(name, (event) => onEvent(name, parseFields(event.data)));
    }
    addEventListener('pagehide', () => source.close(), { once: true });
  };
  open();
  // A page that comes back from the browser's own cache has lost its stream.
  addEventListener('pageshow', (event) => event.persisted && location.reload());
}

function parseFields(text) {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}
