/** The demo page's calls to its own server. */

/** A refusal by the server, or no answer at all (status 0). Its message is for people. */
export class CallError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** Begins a visit: `{visit, qrcodeText, qrcodePicture, appId, appName}`. */
export function createVisit() {
  return call('POST', '/demo/api/visits', {});
}

/** What became of a visit: `{uid?, messages, callbacks}`. Fails with status 404 when the visit is over. */
export function readVisit(visit) {
  return call('GET', `/demo/api/visits/${visit}`);
}

/** Pushes the form's fields to the person who scanned: `{messageId}`. */
export function pushMessage(visit, fields) {
  return call('POST', `/demo/api/visits/${visit}/messages`, fields);
}

async function call(method, path, body) {
  let response;
  try {
    response = await fetch(path, {
      method,
      cache: 'no-store',
      headers: body ? { 'Content-Type': 'application/json' } : {},
      body: body ? JSON.stringify(body) : undefined,
    });
  } catch {
    throw new CallError(0, '');
  }
  const answer = await response.json().catch(() => null);
  if (!response.ok) {
    throw new CallError(response.status, answer?.error?.message ?? `HTTP ${response.status}`);
  }
  return answer;
}
