/** The API reference: an index with a search at /docs and a page for each part, drawn from what the server itself declares. */
import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import type { View } from '#src/lib/view.js';
import { createPageOpener } from '#src/web/pages/page.js';
import type { Bilingual } from './bilingual.js';
import { type DialectFacts, toDialects } from './dialects.js';
import { DOCS_WORDS, type DocsWord, wordOfFeature } from './docs-words.js';
import { apiDocument } from './document.js';
import { toReference } from './reference.js';
import { createSearch } from './search.js';

export type { DialectFacts } from './dialects.js';

/** What the reference is drawn from. */
export interface ReferenceNeeds {
  view: View;
  /** The document of /openapi.json. */
  document: object;
  dialects: readonly DialectFacts[];
  publicUrl: string;
}

/** The other documents, in the order in which somebody needs them. */
const MORE: readonly { href: string; name: string; word: DocsWord }[] = [
  { href: '/README.md', name: 'README', word: 'moreStart' },
  { href: '/docs/move.md', name: 'move.md', word: 'moreMove' },
  { href: '/docs/dialects.md', name: 'dialects.md', word: 'moreDialects' },
  { href: '/docs/templates.md', name: 'templates.md', word: 'moreTemplates' },
  { href: '/docs/not-served.md', name: 'not-served.md', word: 'moreNotServed' },
  { href: '/docs/performance.md', name: 'performance.md', word: 'morePerformance' },
  { href: '/docs/running.md', name: 'running.md', word: 'moreRunning' },
  { href: '/docs/scaling.md', name: 'scaling.md', word: 'moreScaling' },
  { href: '/docs/glossary.md', name: 'glossary.md', word: 'moreGlossary' },
  { href: '/openapi.json', name: 'openapi.json', word: 'moreOpenapi' },
];

/**
 * Serves GET /docs with its search `?q=`, and GET /docs/{part}. Whatever was an anchor when all of it was one page is an
 * anchor of the index still, and leads on. Throws when the document is none.
 */
export function createReferencePage(needs: ReferenceNeeds): Middleware {
  const openPage = createPageOpener(needs.view, DOCS_WORDS);
  const reference = toReference(apiDocument.parse(needs.document));
  const dialects = toDialects(needs.dialects, needs.publicUrl);
  const search = createSearch(reference, dialects);
  const show = (ctx: Context, template: string, write: (page: ReferencePage) => PageOf): void => {
    const page = openPage(ctx);
    const say = ({ zh, en }: Bilingual): string => (page.language === 'zh' ? zh : en);
    const { title, part, values } = write({ t: page.t, say });
    const nameFeature = (feature: string): string => {
      const word = wordOfFeature(feature);
      return word === null ? feature : page.t(word);
    };
    const shared = { reference, dialects, say, nameFeature, part, heading: title, query: '' };
    page.show({ template, title, values: { ...shared, ...values } });
  };
  const router = new Router();
  router.get('/docs', (ctx) => {
    const query = typeof ctx.query.q === 'string' ? ctx.query.q.trim() : '';
    const values = { query, found: search(query), more: MORE };
    show(ctx as Context, 'docs-index', ({ t }) => ({ title: t('heading'), part: '', values }));
  });
  for (const group of reference.groups) {
    router.get(`/docs/${group.name}`, (ctx) =>
      show(ctx as Context, 'docs-group', ({ say }) => ({
        title: say(group.words),
        part: group.name,
        values: { group },
      })),
    );
  }
  for (const [part, word] of PARTS) {
    router.get(`/docs/${part}`, (ctx) =>
      show(ctx as Context, `docs-${part}`, ({ t }) => ({ title: t(word), part, values: {} })),
    );
  }
  return router.routes() as Middleware;
}

/** The pages beside those of the groups. */
const PARTS = [
  ['push', 'dialects'],
  ['events', 'events'],
  ['errors', 'allErrors'],
] as const satisfies readonly (readonly [string, DocsWord])[];

/** What a page is written with. */
interface ReferencePage {
  t(key: DocsWord): string;
  say(words: Bilingual): string;
}

interface PageOf {
  title: string;
  /** Which part it is; empty for the index. */
  part: string;
  values: object;
}
