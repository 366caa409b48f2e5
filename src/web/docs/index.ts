/** The API reference at /docs, drawn from the OpenAPI document and from what the dialects say of themselves. */
import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import type { View } from '#src/lib/view.js';
import { createPageOpener } from '#src/web/pages/page.js';
import type { Bilingual } from './bilingual.js';
import { type DialectFacts, toDialects } from './dialects.js';
import { DOCS_WORDS, type DocsWord, wordOfFeature } from './docs-words.js';
import { apiDocument } from './document.js';
import { toReference } from './reference.js';

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
  { href: '/docs/glossary.md', name: 'glossary.md', word: 'moreGlossary' },
  { href: '/openapi.json', name: 'openapi.json', word: 'moreOpenapi' },
];

/** Serves GET /docs. Throws now when the document is none. */
export function createReferencePage(needs: ReferenceNeeds): Middleware {
  const openPage = createPageOpener(needs.view, DOCS_WORDS);
  const reference = toReference(apiDocument.parse(needs.document));
  const dialects = toDialects(needs.dialects, needs.publicUrl);
  const router = new Router();
  router.get('/docs', (ctx) => {
    const page = openPage(ctx as Context);
    const say = ({ zh, en }: Bilingual): string => (page.language === 'zh' ? zh : en);
    const nameFeature = (feature: string): string => {
      const word = wordOfFeature(feature);
      return word === null ? feature : page.t(word);
    };
    page.show({
      template: 'docs-api',
      title: page.t('heading'),
      values: { reference, dialects, more: MORE, say, nameFeature },
    });
  });
  return router.routes() as Middleware;
}
