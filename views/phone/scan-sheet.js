/** The sheet in which a code is scanned by hand: typed, pasted, or from a picture where the browser can read one. */
import { both, h } from './dom.js';
import { openSheet, toast } from './sheets.js';

/** Opens the sheet; `scan(text)` gets what the code says. */
export function openScanSheet(scan) {
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
