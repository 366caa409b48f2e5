/** The notify page's calls to its own server. */

/** A refusal by the server, or no answer at all (message empty). `field` names what to mend, where it is known. */
export class CallError extends Error {
  constructor(message, field) {
    super(message);
    this.field = field;
  }
}

/** Verifies an app: `{members: [{userId, name}]}`. */
export function listMembers(app) {
  return call('/notify/api/members', app);
}

/** Makes a code: `{code, url, examples: [{name, source}]}`. */
export function createCode(form) {
  return call('/notify/api/codes', form);
}

async function call(path, body) {
  let response;
  try {
    response = await fetch(path, {
      method: 'POST',
      cache: 'no-store',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
  } catch {
    throw new CallError('');
  }
  const answer = await response.json().catch(() => null);
  if (!response.ok) {
    throw new CallError(answer?.error?.message ?? `HTTP ${response.status}`, answer?.error?.field);
  }
  return answer;
}
