/** Tells from a User-Agent header which program shows our pages. */

/**
 * Whether the page is open inside WeChat's own browser on a phone or desktop, where an official account's OAuth works.
 * WeCom's browser calls itself MicroMessenger too, but signs in other people: it does not count.
 */
export function isInsideWechat(userAgent: string): boolean {
  return /\bMicroMessenger\//i.test(userAgent) && !/\bwxwork\//i.test(userAgent);
}

const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/\bwxwork\//i, '企业微信'],
  [/\bMicroMessenger\//i, '微信'],
  [/\bEdg(?:A|iOS)?\//, 'Edge'],
  [/\b(?:Firefox|FxiOS)\//, 'Firefox'],
  [/\bOPR\//, 'Opera'],
  [/\b(?:HeadlessChrome|Chrome|CriOS)\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
];
const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/\b(iPhone|iPad)\b/, 'iOS'],
  [/\bHarmonyOS\b/i, 'HarmonyOS'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b/, 'macOS'],
  [/\bLinux\b/, 'Linux'],
];

/** What a person would call the browser, such as `Chrome · Windows`; the start of the header, without what could make a link, when it is none we know. */
export function nameBrowser(userAgent: string): string {
  const nameIn = (table: typeof BROWSERS) => table.find(([pattern]) => pattern.test(userAgent))?.[1];
  const known = [nameIn(BROWSERS), nameIn(SYSTEMS)].filter((name) => name !== undefined);
  return known.length > 0 ? known.join(' · ') : userAgent.replace(/[^\w .,;:()/+-]/g, '').slice(0, 40);
}
