/** Finds the app behind the token that every call of the standard interface carries. */
import type { App } from '#src/core/apps.js';
import { AppError } from '#src/core/errors.js';
import type { Core } from '#src/core/index.js';
import { asWrongKey } from '#src/core/wrong-keys.js';

/** The app that a token stands for; throws bad_app_token for a wrong or missing one. */
export async function getAppByToken(core: Core, token: string | undefined): Promise<App> {
  const app = token === undefined ? null : await core.apps.findAppByToken(token.trim());
  if (!app) {
    throw asWrongKey(new AppError('bad_app_token'), (token ?? '').trim() === '' ? 0 : 1);
  }
  return app;
}
