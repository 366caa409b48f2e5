/** Renders the templates of a folder. Every value is escaped unless the template marks it as finished HTML. */
import { Eta } from 'eta';

/** Renders templates by name. */
export interface View {
  /** The HTML of a template such as `message`. Throws when there is none of that name or its code fails. */
  render(name: string, data: object): string;
}

/**
 * Makes a view of the `.eta` files in `dir`, each read once. `shared` is visible to every template.
 */
export function createView(options: { dir: string; shared?: object }): View {
  const eta = new Eta({ views: options.dir, cache: true, autoEscape: true });
  return { render: (name, data) => eta.render(`/${name}`, { ...options.shared, ...data }) };
}
