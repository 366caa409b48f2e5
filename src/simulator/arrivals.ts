/** Keeps what arrived at one simulated platform, as its inbox shows it. */
import type { ControlRoute } from './platform.js';
import type { World } from './world.js';

const KEPT_ARRIVALS = 1_000;

/** The call that brought something, or the like of it for a mail. */
export interface ArrivedRequest {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string;
}

/** Something that arrived. */
export interface Arrival {
  /** Grows by arrival, over all platforms. */
  id: number;
  /** Milliseconds since the epoch. */
  at: number;
  request: ArrivedRequest;
  /** What a person would see. */
  rendered: string;
  /** The key, topic, address or number it went to. */
  to?: string;
  /** What only this platform knows: a title, a sound, tags. */
  [extra: string]: unknown;
}

/** What a platform says about an arrival; its number and its time are given by the inbox. */
export type ArrivalFields = Pick<Arrival, 'request' | 'rendered'> & { to?: string; [extra: string]: unknown };

/** The inbox of one platform. */
export interface Arrivals {
  /** Keeps it; only the newest thousand stay. Returns what was kept, to be amended by the platform. */
  keep(fields: ArrivalFields): Arrival;
  /** Newest first. */
  list(): Arrival[];
  clear(): void;
  /** The control call that lists the inbox: `GET /inboxes/{name}`. */
  readonly route: ControlRoute;
}

/** Makes the inbox `name`, empty, and shows it to the phone page. */
export function createArrivals(world: World, name: string): Arrivals {
  let kept: Arrival[] = [];
  const list = () => kept.slice(-KEPT_ARRIVALS).reverse();
  world.inboxes.set(name, list);
  return {
    keep: (fields) => {
      const arrival: Arrival = { id: world.nextId(), at: world.clock.now(), ...fields };
      kept.push(arrival);
      // Cut in steps: moving a thousand entries for each arrival would cost more than the arrival.
      if (kept.length >= 2 * KEPT_ARRIVALS) {
        kept = kept.slice(-KEPT_ARRIVALS);
      }
      world.live.tell('arrival', { platform: name });
      return arrival;
    },
    list,
    clear: () => {
      kept = [];
    },
    route: { method: 'GET', pattern: `/inboxes/${name}`, run: () => ({ items: list() }) },
  };
}
