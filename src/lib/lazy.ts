/** What is made when it is first needed, so that a start waits for nothing that nobody may ever ask for. */
import type { Middleware } from 'koa';

/** `make`, called by the first call only. */
export function lazy<T>(make: () => T): () => T {
  let made: { value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** A door for the paths that `pattern` matches; `make` makes what stands behind it when somebody first knocks. */
export function lazyDoor(pattern: RegExp, make: () => Middleware): Middleware {
  const open = lazy(make);
  return (ctx, next) => (pattern.test(ctx.path) ? open()(ctx, next) : next());
}
