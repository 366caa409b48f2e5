/** Gathers what the documents' tables are made of: the registries of a running server, and what its channels showed. */
import { measureChannels } from './measure.js';
import type { Outside } from './outside.js';

/** Gathers it. */
export async function readFacts(outside: Outside) {
  const { dialects, channels } = outside.w.doors;
  return { dialects, channels, showing: await measureChannels(outside) };
}
