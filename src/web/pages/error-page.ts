/** Says in words what went wrong, to people whose browser asked for a page. */
import type { Context } from 'koa';
import type { View } from '#src/lib/view.js';
import { ERROR_WORDS } from './error-words.js';
import { createPageOpener } from './page.js';

/** Writes the page of an HTTP status from 400 up; `requestId` helps the operator to find the log lines. */
export type WriteErrorPage = (ctx: Context, status: number, requestId?: string) => void;

/** Makes the writer of error pages. Nothing of the error itself is shown. */
export function createErrorPage(needs: { view: View }): WriteErrorPage {
  const openPage = createPageOpener(needs.view, ERROR_WORDS);
  return (ctx, status, requestId) => {
    const page = openPage(ctx);
    const why = reasonOf(status);
    page.notify({
      status,
      mood: status >= 500 ? 'bad' : 'info',
      heading: page.t(why),
      text: page.t(`${why}Text`),
      ...(requestId === undefined ? {} : { detail: page.t('requestId', { id: requestId }) }),
      action: { href: '/', label: page.t('backHome') },
    });
  };
}

function reasonOf(status: number): 'badRequest' | 'forbidden' | 'notFound' | 'tooMany' | 'internal' {
  if (status >= 500) {
    return 'internal';
  }
  switch (status) {
    case 401:
    case 403:
      return 'forbidden';
    case 404:
    case 405:
    case 410:
      return 'notFound';
    case 429:
      return 'tooMany';
    default:
      return 'badRequest';
  }
}
