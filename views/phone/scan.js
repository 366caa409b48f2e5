/** Scans QR codes: by hand in a sheet, which is loaded when it is first opened, and from other pages. */
import { scanCode } from './actions.js';
import { toOpenable } from './links.js';
import { state } from './state.js';

const channel = new BroadcastChannel('qingniao-phone');
const LOCK = 'qingniao-phone-scan';
const YIELD_MS = 150;
const HOLD_MS = 1000;

/**
 * Reads what somebody pasted: a picture address of WeChat (`showqrcode?ticket=`) means its ticket, another address is
 * what a code encodes, anything else is taken for a bare ticket.
 */
export function readCode(text) {
  const given = String(text).trim();
  const url = toOpenable(given);
  if (!url) {
    return given ? { ticket: given } : null;
  }
  const { pathname, searchParams } = new URL(url);
  const ticket = pathname.endsWith('/cgi-bin/showqrcode') ? searchParams.get('ticket') : null;
  return ticket ? { ticket } : { url: given };
}

/** Makes the scanner. `openPage(url)` gets codes that hold an ordinary web address, as in WeChat. */
export function createScanner({ openPage, reportErrors }) {
  const scan = async (text) => {
    const code = readCode(text);
    if (!code) {
      return false;
    }
    const answer = await scanCode(code);
    if (answer.open) {
      openPage(answer.open);
    }
    tellOthers(text, answer.event);
    return true;
  };
  const scanReported = (text) => reportErrors(() => scan(text));
  const openSheet = async () => {
    const { openScanSheet } = await import('./scan-sheet.js');
    openScanSheet(scanReported);
  };
  return { openScanSheet: () => reportErrors(openSheet), scan: scanReported };
}

/**
 * Listens to the codes other pages hand over: `?scan=` of our own address, a message of the window around us (same
 * origin only), and the `qingniao-phone` channel.
 */
export function acceptScansFromOutside(scan) {
  const here = new URL(location.href);
  const asked = here.searchParams.get('scan');
  if (asked) {
    here.searchParams.delete('scan');
    // So that reloading the page does not scan again.
    history.replaceState(null, '', here);
    scan(asked);
  }
  addEventListener('message', (event) => {
    const fromParent = event.source === parent && event.origin === location.origin;
    if (fromParent && event.data?.type === 'qingniao-scan') {
      scan(String(event.data.url ?? ''));
    }
  });
  const isMine = createTurn();
  channel.addEventListener('message', async (event) => {
    if (typeof event.data?.scan === 'string' && (await isMine())) {
      scan(event.data.scan);
    }
  });
}

/** Everybody with a phone open hears the channel, but only one phone may scan: a visible one if there is any. */
function createTurn() {
  let holding = false;
  const hold = async (resolve, lock) => {
    holding = lock !== null;
    resolve(holding);
    if (lock) {
      await new Promise((done) => setTimeout(done, HOLD_MS));
      holding = false;
    }
  };
  return () =>
    new Promise((resolve) => {
      if (holding || !navigator.locks) {
        resolve(true);
        return;
      }
      const take = () => navigator.locks.request(LOCK, { ifAvailable: true }, (lock) => hold(resolve, lock));
      setTimeout(take, document.visibilityState === 'visible' ? 0 : YIELD_MS);
    });
}

function tellOthers(url, event) {
  const word = { type: 'qingniao-scanned', url, event, openid: state.current };
  if (parent !== window) {
    parent.postMessage(word, location.origin);
  }
  channel.postMessage({ scanned: url, event, openid: state.current });
}
