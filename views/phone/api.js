/** Speaks the simulator's control API, wherever the page is mounted. */

/** The address of the simulator itself, with a closing slash: `/simulator/` inside a server, `/` alone. */
export const root = new URL(location.pathname.replace(/\/?$/, '/'), location.origin);

const PAGE = 500;

/** The simulator refused a call, or could not be reached (`status` 0). */
export class ApiError extends Error {
  constructor(status, code, message) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
  }
}

/** Everything the phone asks for; each call throws `ApiError`. */
export const api = {
  account: () => call('GET', 'account'),
  people: readPeople,
  createPerson: (nickname) => call('POST', 'followers', { nickname }),
  follow: (openid) => call('POST', `${person(openid)}/follow`, {}),
  unfollow: (openid) => call('POST', `${person(openid)}/unfollow`, {}),
  scan: (openid, code) => call('POST', `${person(openid)}/scan`, code),
  say: (openid, content) => call('POST', `${person(openid)}/messages`, { content }),
  tapMenu: (openid, button) => call('POST', `${person(openid)}/menu`, button),
  refuse: (openid, templateId, refused) => call('POST', `${person(openid)}/refuse`, { templateId, refused }),
  /** What arrived by other ways than WeChat, newest first: `{items, counts}`. */
  arrivals: (platform) =>
    call('GET', platform ? `arrivals?platform=${encodeURIComponent(platform)}` : 'arrivals'),
  mail: () => call('GET', 'mail'),
  /** Newest first: the inbox with the person's own messages, the passive replies and WeChat's notices in it. */
  chat: (openid) => call('GET', `${person(openid)}/chat`).then((answer) => answer.items),
};

/** The oldest and the newest people: a load test makes a hundred thousand, and nobody reads that list. */
async function readPeople() {
  const first = await call('GET', `followers?limit=${PAGE}`);
  if (first.total <= PAGE) {
    return first.items;
  }
  const newest = await call('GET', `followers?limit=${PAGE}&offset=${Math.max(PAGE, first.total - PAGE)}`);
  return [...first.items, ...newest.items];
}

function person(openid) {
  return `followers/${encodeURIComponent(openid)}`;
}

async function call(method, path, body) {
  const init = body ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } } : {};
  let response;
  try {
    response = await fetch(new URL(`api/${path}`, root), { method, cache: 'no-store', ...init });
  } catch {
    throw new ApiError(0, 'unreachable', '连不上模拟器 · The simulator cannot be reached');
  }
  const text = await response.text();
  const answer = parse(text);
  if (!response.ok) {
    const error = answer?.error ?? {};
    throw new ApiError(response.status, error.code ?? 'unknown', error.message ?? `HTTP ${response.status}`);
  }
  return answer;
}

function parse(text) {
  try {
    return text ? JSON.parse(text) : {};
  } catch {
    return {};
  }
}
