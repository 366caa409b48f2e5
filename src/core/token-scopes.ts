/** What a personal token may do with the management API: few scopes, each a part of its calls. */

/**
 * `read` looks, `send` lets messages and callbacks go or stops them, `manage` changes one's own things, `operate` does what
 * operators do, and lets an operator's token reach what is not their own.
 */
export const TOKEN_SCOPES = ['read', 'send', 'manage', 'operate'] as const;

/** One of them. */
export type TokenScope = (typeof TOKEN_SCOPES)[number];

/** The scopes as they are stored; tokens that are older than scopes hold nothing there, and may do everything. */
export function readScopes(stored: string): TokenScope[] {
  const words = stored.split(' ');
  return stored === '' ? [...TOKEN_SCOPES] : TOKEN_SCOPES.filter((scope) => words.includes(scope));
}

/** How scopes are stored. */
export function writeScopes(scopes: readonly TokenScope[]): string {
  return TOKEN_SCOPES.filter((scope) => scopes.includes(scope)).join(' ');
}
