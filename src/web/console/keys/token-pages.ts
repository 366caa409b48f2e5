/** The page of one's personal tokens: made with scopes and an end, shown once, revoked. It stands in the console and below /me. */
import { z } from 'zod';
import type { PageAction } from '#src/core/audit.js';
import type { Core } from '#src/core/index.js';
import { TOKEN_SCOPES } from '#src/core/token-scopes.js';
import type { Desk, Visit } from '#src/web/session/desk.js';
import { type FormErrors, textField } from '#src/web/session/form.js';
import { signInPath } from '#src/web/session/next-path.js';
import { TOKENS_WORDS, type TokensKey } from './tokens-words.js';

/** What the desk of this page must bring. */
export interface TokensPass {
  audit(action: PageAction, target?: string, detail?: string): Promise<void>;
}

/** Where the page stands; its path ends in `/personal`. */
export interface TokenPagesNeeds {
  core: Core;
  publicUrl: string;
  base: string;
}

type TokensVisit = Visit<TokensKey> & TokensPass;

const MAX_NAME = 64;
const DAY_MS = 86_400_000;
/** Days that a token works; empty: for good. */
const LIVES = ['30', '90', '365', ''];
const DEFAULT_LIFE = '365';

/** Mounts the page and its forms. The desk's folder of views/ needs the template `tokens`. */
export function mountTokenPages<Pass extends TokensPass>(desk: Desk<Pass>, needs: TokenPagesNeeds): void {
  const { core, base } = needs;
  const { get, post } = desk.pages(TOKENS_WORDS);
  /** Only who manages has use for a token; others are led to become somebody who does. */
  const admitted =
    (answer: (visit: TokensVisit) => Promise<void>) =>
    async (visit: TokensVisit): Promise<void> =>
      visit.visitor.account ? answer(visit) : visit.redirect(signInPath(base, '/sign-in/join'));
  const revoke = async ({ visitor, idParam, audit, flash, redirect, t }: TokensVisit): Promise<void> => {
    const id = idParam('id');
    await core.keys.revokeKey(visitor.personId, id);
    await audit('key.revoke', `personal ${id}`);
    flash('good', t('revoked'));
    redirect(base);
  };
  const make = (visit: TokensVisit): Promise<void> =>
    visit.submit(
      tokenForm(visit),
      async ({ name, scopes, life }) => {
        const { personId, sessionId } = visit.visitor;
        const expiresAt = life === '' ? null : new Date(core.clock.now() + Number(life) * DAY_MS);
        const traits = { name, scopes, expiresAt, by: { sessionId } };
        const { id, key } = await core.keys.createKey(personId, 'personal', traits);
        await visit.audit('key.create', `personal ${id}`, scopes.join(' '));
        await showTokens(needs, visit, { made: key });
      },
      (errors) => showTokens(needs, visit, { errors }),
    );
  get(
    base,
    admitted((visit) => showTokens(needs, visit, {})),
  );
  post(`${base}/make`, admitted(make));
  post(`${base}/:id/revoke`, revoke);
}

function scopesFor({ visitor }: TokensVisit) {
  const isOperator = visitor.account?.role === 'operator';
  return TOKEN_SCOPES.filter((scope) => scope !== 'operate' || isOperator);
}

function tokenForm(visit: TokensVisit) {
  const allowed = scopesFor(visit);
  return z.object({
    name: textField(MAX_NAME, 1),
    scopes: z
      .array(z.enum(TOKEN_SCOPES))
      .default([])
      .refine((given) => given.length > 0 && given.every((scope) => allowed.includes(scope)), {
        error: visit.t('noScope'),
      }),
    life: z.enum(LIVES as [string, ...string[]]).default(DEFAULT_LIFE),
  });
}

async function showTokens(
  { core, publicUrl, base }: TokenPagesNeeds,
  visit: TokensVisit,
  { made = '', errors = {} }: { made?: string; errors?: FormErrors },
): Promise<void> {
  const { t, form, visitor } = visit;
  const now = core.clock.now();
  const tokens = (await core.keys.listKeys(visitor.personId))
    .filter(({ kind }) => kind === 'personal')
    .map((token) => ({ ...token, isOver: token.expiresAt !== null && token.expiresAt.getTime() <= now }))
    .reverse();
  const isAgain = Object.keys(errors).length > 0;
  const ticked = isAgain ? (form.lists.scopes ?? []) : TOKEN_SCOPES.filter((scope) => scope !== 'operate');
  visit.show({
    template: 'tokens',
    title: t('heading'),
    values: {
      base,
      up: base.replace(/\/[^/]*$/, ''),
      made,
      example: `curl -H 'Authorization: Bearer ${made || 'QN_…'}' ${publicUrl}/api/v1/apps`,
      tokens,
      scopes: scopesFor(visit).map((name) => ({ name, label: t(name), isTicked: ticked.includes(name) })),
      lives: LIVES.map((days) => [days, days === '' ? t('forever') : t('days', { days })]),
      errors,
      values: isAgain ? form.values : { life: DEFAULT_LIFE },
    },
  });
}
