/** Everything behind sign-in: the sign-in pages, the console, and the followers' own pages. */
import type { Middleware } from 'koa';
import type { MessageTemplates } from '#src/core/types.js';
import { createConsole } from './console/index.js';
import { createMe } from './me/index.js';
import type { Signer } from './pages/index.js';
import { createFollowerEntry } from './session/follower-entry.js';
import { createJoinPage } from './session/join-page.js';
import { createQuestionPage } from './session/question-page.js';
import { createSignInPage } from './session/sign-in-page.js';
import type { Visits } from './session/visits.js';
import type { SiteDeps } from './site.js';

const NO_TEMPLATES: MessageTemplates = {
  names: [],
  draw: (_template, body) => ({ format: 'text', body }),
};

/** Makes them, in the order in which they are asked. */
export function createDesks(deps: SiteDeps, signer: Signer, visits: Visits): Middleware[] {
  const { core, view, wechat, sandbox, publicUrl, previewCard, resumeQueue, selfCheck } = deps;
  const templates = deps.dialects.flatMap((dialect) => dialect.templates ?? [])[0] ?? NO_TEMPLATES;
  const { oauthUrl, exchangeOauthCode } = wechat;
  return [
    createSignInPage({ core, view, visits, sandbox }),
    createQuestionPage({ core, view, visits, sandbox }),
    createJoinPage({ core, view, visits, sandbox }),
    createFollowerEntry({ core, view, visits, signer, publicUrl, oauthUrl, exchangeOauthCode }),
    createMe({ core, view, visits, publicUrl }),
    createConsole({ core, view, visits, publicUrl, sandbox, previewCard, templates, resumeQueue, selfCheck }),
  ];
}
