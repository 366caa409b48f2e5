/** Draws QR codes, always dark on white with a quiet zone, so that phones read them in dark mode too. */
import { toBuffer, toString as toSvgText } from 'qrcode';

/** Modules of white around the code; the standard asks for four, phones need two. */
const MARGIN = 2;

/** A PNG picture, square, about `sizePx` wide. Rejects when the text is longer than a QR code can hold (2,331 bytes). */
export function qrPng(text: string, sizePx = 480): Promise<Buffer> {
  return toBuffer(text, { type: 'png', width: sizePx, margin: MARGIN, errorCorrectionLevel: 'M' });
}

/** The same as an SVG document that scales to any size. */
export function qrSvg(text: string): Promise<string> {
  return toSvgText(text, { type: 'svg', margin: MARGIN, errorCorrectionLevel: 'M' });
}
