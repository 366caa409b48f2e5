/** Where the browser of the page tests is, and how it starts without talking to anybody. */
import { existsSync } from 'node:fs';

/** Debian's two builds of Chromium; the shell has no window to draw and takes half the time. */
const INSTALLED = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium'] as const;

/** The browser that `CHROMIUM_PATH` names, else the first that is installed. */
export const BROWSER_PATH =
  process.env.CHROMIUM_PATH ?? INSTALLED.find((path) => existsSync(path)) ?? INSTALLED[1];

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
