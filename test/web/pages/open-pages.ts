/** Opens pages on a real port with the real templates, for the tests of the pages. */
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import Koa, { type Middleware } from 'koa';
import { type OpenViews, openViews } from '#src/web/pages/index.js';

/** Pages that are being served. */
export interface OpenPages {
  url: string;
  /** Errors that the pages reported to the app. */
  errors: unknown[];
  close(): Promise<void>;
}

/** The real templates and assets. */
export const views: OpenViews = openViews({ dir: fileURLToPath(new URL('../../../views', import.meta.url)) });

/** Serves the assets and the given pages on a free port of loopback. */
export async function openPages(...pages: Middleware[]): Promise<OpenPages> {
  const app = new Koa();
  const errors: unknown[] = [];
  app.on('error', (error) => errors.push(error));
  for (const page of [views.assets.middleware, ...pages]) {
    app.use(page);
  }
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    errors,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** The directives of an answer's Content-Security-Policy by name. */
export function policyOf(response: Response): Record<string, string> {
  const header = response.headers.get('content-security-policy') ?? '';
  return Object.fromEntries(
    header.split('; ').map((directive) => {
      const [name = '', ...values] = directive.split(' ');
      return [name, values.join(' ')];
    }),
  );
}

/** An element's start tag, taken apart. */
export interface FoundElement {
  name: string;
  attributes: Record<string, string>;
}

/** Every start tag of serialised HTML. */
export function elementsOf(html: string): FoundElement[] {
  return [...html.matchAll(/<([a-zA-Z][^\s/>]*)((?:[^>"]|"[^"]*")*)>/g)].map(([, name = '', rest = '']) => ({
    name: name.toLowerCase(),
    attributes: Object.fromEntries(
      [...rest.matchAll(/([^\s="/]+)(?:="([^"]*)")?/g)].map(([, key = '', value = '']) => [
        key.toLowerCase(),
        value,
      ]),
    ),
  }));
}
