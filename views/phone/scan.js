/** Scans QR codes: by hand in a sheet, from a picture where the browser can read one, and from other pages. */
import { scanCode } from './actions.js';
import { both, h } from './dom.js';
import { toOpenable } from './links.js';
import { openSheet, toast } from './sheets.js';
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
  return { openScanSheet: () => openScanSheet(scanReported), scan: scanReported };
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

function openScanSheet(scan) {
  const input = h('input', {
    type: 'text',
    inputmode: 'url',
    autocomplete: 'off',
    autofocus: true,
    id: 'scan-url',
    placeholder: 'http://weixin.qq.com/q/…',
    required: true,
  });
  const submit = async (event) => {
    event.preventDefault();
    const text = input.value;
    close();
    await scan(text);
  };
  const content = h(
    'form',
    { class: 'scan-form', on: { submit } },
    h('div', { class: 'scan-window', 'aria-hidden': 'true' }, h('span', { class: 'scan-line' })),
    h('label', { for: 'scan-url' }, both('二维码里的地址', 'What the code says')),
    h('div', { class: 'field-row' }, input, h('button', { class: 'button primary' }, both('扫描', 'Scan'))),
    drawPicturePart((text) => {
      close();
      scan(text);
    }),
    h(
      'p',
      { class: 'hint' },
      both('在演示页上，点一下二维码也行。', 'On the demo page a click on the code does it too.'),
    ),
  );
  const close = openSheet({ title: ['扫一扫', 'Scan'], content });
}

/** Choosing or pasting a picture, only where the browser itself can find a code in it. */
function drawPicturePart(found) {
  const box = h('div', { class: 'scan-picture', hidden: true });
  const Detector = globalThis.BarcodeDetector;
  const read = async (blob) => {
    const codes = await new Detector({ formats: ['qr_code'] }).detect(await createImageBitmap(blob));
    if (codes[0]) {
      found(codes[0].rawValue);
    } else {
      toast('图片里没有找到二维码', 'No QR code in this picture');
    }
  };
  const choose = h('input', {
    type: 'file',
    accept: 'image/*',
    'aria-label': '选一张二维码图片 Choose a picture of a code',
    on: { change: (event) => event.target.files[0] && read(event.target.files[0]) },
  });
  box.append(choose);
  Detector?.getSupportedFormats?.().then((formats) => {
    box.hidden = !formats.includes('qr_code');
  });
  return box;
}
