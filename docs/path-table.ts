/** The table of which path at the root belongs to which dialect, made of the registry's routes. */
import type { Dialect, DialectRoute } from '#src/dialects/registry.js';

/** A row's cells: the path, its methods, and the dialect's name. */
export type PathRow = readonly [path: string, methods: string, dialect: string];

/** More addresses of one dialect than this under the same two first parts are one row. */
const MOST_ALIKE = 12;

/** The rows, by path. */
export function listPaths(dialects: readonly Pick<Dialect, 'name' | 'routes'>[]): PathRow[] {
  return dialects.flatMap(toRows).sort(([a], [b]) => (a < b ? -1 : Number(a > b)));
}

function toRows({ name, routes }: Pick<Dialect, 'name' | 'routes'>): PathRow[] {
  const paths = [...new Set(routes.map(({ path }) => path))];
  const isAlike = (folder: string): boolean =>
    paths.filter((path) => path.startsWith(`${folder}/`)).length > MOST_ALIKE;
  const rows = new Map<string, DialectRoute[]>();
  for (const route of routes) {
    const folder = route.path.split('/').slice(0, 3).join('/');
    const path = isAlike(folder) ? `${folder}/…` : route.path;
    rows.set(path, [...(rows.get(path) ?? []), route]);
  }
  return [...rows].map(([path, found]) => {
    const methods = new Set(found.map(({ method }) => method));
    return [path.replace(/[:*](\w+)/g, '{$1}'), [...methods].join(' '), name] as const;
  });
}
