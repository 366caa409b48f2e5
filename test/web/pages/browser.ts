/** Where the browser of the page tests is, and how it starts without talking to anybody. */

/** Debian's chromium unless `CHROMIUM_PATH` names another. */
export const BROWSER_PATH = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';

/** No sandbox (containers forbid it), no GPU, and none of the browser's own traffic. */
export const BROWSER_ARGS: string[] = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
