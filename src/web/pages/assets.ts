/** Serves the pages' own scripts, styles and pictures from memory, under addresses that change with their content. */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { extname, join } from 'node:path';
import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import { createFixedBody, type FixedBody } from '#src/lib/fixed-body.js';

/** The files, and where the templates find them. */
export interface Assets {
  /** Answers GET /assets/{file}. */
  middleware: Middleware;
  /** The address of a file, with its version. Throws when there is no such file, so that a typing error shows at once. */
  url(name: string): string;
}

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
};
const YEAR_S = 31_536_000;
/** Scripts of npm packages that pages load, by the names they have here. */
const PACKAGED: Readonly<Record<string, string>> = {
  'dompurify.js': 'dompurify/dist/purify.min.js',
  'markdown-it.js': 'markdown-it/dist/markdown-it.min.js',
};

/** Reads every file of `dir`, and the packages' scripts, once, now. Throws when they cannot be read. */
export function createAssets(options: { dir: string }): Assets {
  const files = readFiles(options.dir);
  const router = new Router();
  router.get('/assets/:name', async (ctx) => {
    const file = files.get(ctx.params.name ?? '');
    if (!file) {
      return;
    }
    ctx.set({
      'X-Content-Type-Options': 'nosniff',
      // An SVG opened by itself is a document: it may do nothing.
      'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
      'Cache-Control':
        ctx.query.v === file.version ? `public, max-age=${YEAR_S}, immutable` : 'public, no-cache',
    });
    await file.answer(ctx as Context);
  });
  return { middleware: router.routes() as Middleware, url: (name) => addressOf(name, files.get(name)) };
}

function readFiles(dir: string): Map<string, FixedBody> {
  const files = new Map<string, FixedBody>();
  const { resolve } = createRequire(import.meta.url);
  const paths = [
    ...readdirSync(dir).map((name) => [name, join(dir, name)] as const),
    ...Object.entries(PACKAGED).map(([name, path]) => [name, resolve(path)] as const),
  ];
  for (const [name, path] of paths) {
    const type = TYPES[extname(name)];
    if (type) {
      files.set(name, createFixedBody(readFileSync(path), type));
    }
  }
  return files;
}

function addressOf(name: string, file: FixedBody | undefined): string {
  if (!file) {
    throw new Error(`there is no asset called ${name}`);
  }
  return `/assets/${name}?v=${file.version}`;
}
