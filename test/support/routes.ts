/** Every address that the server answers, as its routers have them: whoever adds a route adds it to this list without knowing. */
import Router from '@koa/router';

/** `GET /console/apps/:id`; `ALL` stands for every method there is. */
export type RouteName = string;

interface Layer {
  path: string;
  methods: string[];
  name?: string;
}

/** Nothing has more methods than what takes them all. */
const ALL = 20;
/** The management API's answers to what it does not know. */
const REFUSALS = /^(?:other methods of|unknown paths)/;

const met = new Map<{ stack: Layer[] }, boolean>();
const { register } = Router.prototype;

/** From here on routers are noted as they are filled; those of the simulator are not the server's. */
Router.prototype.register = function noteRouter(this: Router, ...input: Parameters<typeof register>) {
  met.set(this as unknown as { stack: Layer[] }, /\/src\/simulator\//.test(new Error().stack ?? ''));
  return register.apply(this, input);
} as typeof register;

/** The routes of all routers filled so far. */
export function listRoutes(): RouteName[] {
  const layers = [...met].filter(([, isOutside]) => !isOutside).flatMap(([{ stack }]) => stack);
  const names = layers
    .filter(({ methods, name }) => methods.length > 0 && !REFUSALS.test(name ?? ''))
    .map(({ methods, path }) => `${nameMethods(methods)} ${path}`);
  return [...new Set(names)].sort();
}

function nameMethods(methods: string[]): string {
  return methods.length > ALL ? 'ALL' : methods.filter((method) => method !== 'HEAD').join(',');
}
