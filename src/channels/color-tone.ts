/** What a colour says about a text, for platforms that know three of them. */

/** Something wrong, something well, something less important. */
export type Tone = 'alert' | 'good' | 'dim';

/** Names, WeCom's own among them. */
const TONES: Readonly<Record<string, Tone>> = {
  warning: 'alert',
  red: 'alert',
  orange: 'alert',
  orangered: 'alert',
  crimson: 'alert',
  info: 'good',
  green: 'good',
  limegreen: 'good',
  comment: 'dim',
  gray: 'dim',
  grey: 'dim',
  silver: 'dim',
};

/** The tone of a `color` attribute or, without one, of the colour in a `style`; null for none or one that says nothing. */
export function toTone(color: string, style: string): Tone | null {
  const name = (color || cssColor(style)).toLowerCase();
  const [r, g, b] = readRgb(name);
  if (Object.hasOwn(TONES, name)) {
    return TONES[name] ?? null;
  }
  if (r === undefined || g === undefined || b === undefined) {
    return null;
  }
  if (r > 160 && r > b + 80 && r > g + 40) {
    return 'alert';
  }
  if (g > 80 && g > r + 40 && g > b + 20) {
    return 'good';
  }
  return Math.max(r, g, b) - Math.min(r, g, b) < 24 && r > 80 && r < 200 ? 'dim' : null;
}

function readRgb(color: string): number[] {
  const hex = /^#([\da-f]{3}|[\da-f]{6})$/.exec(color)?.[1];
  if (hex) {
    const full = hex.length === 3 ? hex.replace(/./g, '$&$&') : hex;
    return [0, 2, 4].map((at) => Number.parseInt(full.slice(at, at + 2), 16));
  }
  const rgb = /^rgb\((\d{1,3}), ?(\d{1,3}), ?(\d{1,3})\)$/.exec(color);
  return rgb ? rgb.slice(1).map(Number) : [];
}

function cssColor(style: string): string {
  return /(?:^|[;\s])color:\s*([^;]+)/i.exec(style)?.[1]?.trim() ?? '';
}
