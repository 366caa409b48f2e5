/** The project's own documentation, under the addresses that its files have in the project, so that their links hold. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import { createMarkdownParser } from '#src/lib/markdown-parser.js';
import type { View } from '#src/lib/view.js';
import { createPageOpener } from './page.js';
import { letKeysScroll } from './scroll-boxes.js';

/** What the documentation is shown with. */
export interface DocsPageNeeds {
  view: View;
  /** The project's folder, with README.md and docs/. */
  dir: string;
}

interface Doc {
  title: string;
  html: string;
}

const DAY_S = 86_400;
/** What those texts lead to besides each other. */
const LINKED = ['bench/README.md', 'torture/README.md'];
/** Files of other programs, to be taken as they are. */
const FILES = ['docs/alerts.yml', 'docs/qingniao.service'];

/** Serves GET /README.md and its like, /docs/{name}.md and their pictures, all read once, when it is made. */
export function createDocsPage({ view, dir }: DocsPageNeeds): Middleware {
  const openPage = createPageOpener(view, {});
  const pictures = readPictures(join(dir, 'docs/pictures'));
  const router = new Router();
  for (const path of listDocs(dir)) {
    const doc = drawDoc(readFileSync(join(dir, path), 'utf8'));
    router.get(`/${path}`, (ctx) =>
      openPage(ctx as Context).show({ template: 'docs', title: doc.title, values: { html: doc.html } }),
    );
  }
  for (const path of FILES) {
    const text = readFileSync(join(dir, path), 'utf8');
    router.get(`/${path}`, (ctx) => {
      ctx.set('X-Content-Type-Options', 'nosniff');
      ctx.type = path.endsWith('.yml') ? 'text/yaml' : 'text/plain';
      ctx.body = text;
    });
  }
  router.get('/docs/pictures/:name', (ctx, next) => {
    const picture = pictures.get(ctx.params.name ?? '');
    if (!picture) {
      return next();
    }
    ctx.set({ 'X-Content-Type-Options': 'nosniff', 'Cache-Control': `public, max-age=${DAY_S}` });
    ctx.type = 'png';
    ctx.body = picture;
  });
  return router.routes() as Middleware;
}

function listDocs(dir: string): string[] {
  const found = [...readdirSync(dir), ...readdirSync(join(dir, 'docs')).map((name) => `docs/${name}`)];
  const own = found.filter((path) => /^(?:[A-Z]+|docs\/[a-z-]+)\.md$/.test(path));
  return [...own, ...LINKED.filter((path) => existsSync(join(dir, path)))];
}

function readPictures(dir: string): Map<string, Buffer> {
  const names = readdirSync(dir).filter((name) => name.endsWith('.png'));
  return new Map(names.map((name) => [name, readFileSync(join(dir, name))]));
}

/** These texts are the project's own, so they need no sanitiser; headings get the names that links call them by. */
function drawDoc(markdown: string): Doc {
  // The files end their lines where the editor does.
  const parser = createMarkdownParser().set({ breaks: false });
  const tokens = parser.parse(markdown, {});
  let title = '';
  tokens.forEach((token, at) => {
    const text = tokens[at + 1]?.content ?? '';
    if (token.type === 'heading_open') {
      token.attrSet('id', toAnchor(text));
      title ||= text;
    }
  });
  return { title, html: letKeysScroll(parser.renderer.render(tokens, parser.options, {}), 'pre|table') };
}

/** The name that code hosts give to a heading. */
function toAnchor(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');
}
