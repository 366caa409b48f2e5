/** The control call behind the phone page's other tab: what arrived lately, over all platforms but WeChat. */
import type { Arrival } from '../arrivals.js';
import type { ControlRoute } from '../platform.js';
import type { World } from '../world.js';

const SHOWN = 60;

/** Bodies and long texts are cut for the page, by so many characters; the inboxes keep them whole. */
const LONGEST_TEXT = 4_000;

/** Makes `GET /arrivals?platform=`: the newest sixty and how many each inbox has. */
export function arrivalsCall(world: World): ControlRoute {
  return {
    method: 'GET',
    pattern: '/arrivals',
    run: ({ query }) => {
      const wanted = query.get('platform');
      const inboxes = [...world.inboxes].map(([platform, list]) => ({ platform, items: list() }));
      const counts = Object.fromEntries(inboxes.map(({ platform, items }) => [platform, items.length]));
      const items = inboxes
        .filter(({ platform }) => !wanted || platform === wanted)
        .flatMap(({ platform, items }) => items.slice(0, SHOWN).map((item) => ({ platform, item })))
        .sort((a, b) => b.item.id - a.item.id)
        .slice(0, SHOWN)
        .map(({ platform, item }) => toShown(platform, item));
      return { items, counts };
    },
  };
}

/** What the page draws; texts of unknown kind are left out rather than trusted. */
function toShown(platform: string, item: Arrival): Record<string, unknown> {
  const { id, at, rendered, to, request } = item;
  const texts = ['title', 'subtitle', 'text', 'url', 'image', 'from', 'html', 'kind', 'encryption'];
  const known = texts.filter((name) => typeof item[name] === 'string' && item[name] !== '');
  const fields = Object.fromEntries(known.map((name) => [name, cut(String(item[name]))]));
  return {
    platform,
    id,
    at,
    to,
    rendered: cut(rendered),
    ...fields,
    ...(typeof item.priority === 'number' ? { priority: item.priority } : {}),
    ...(Array.isArray(item.tags) ? { tags: item.tags.slice(0, 8).map(String) } : {}),
    ...(item.isReplaced === true ? { isReplaced: true } : {}),
    request: { method: request.method, path: cut(request.path), body: cut(request.body) },
  };
}

function cut(text: string): string {
  return text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text;
}
