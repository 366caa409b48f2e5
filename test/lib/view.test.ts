/** Templates escape what they show, share values and layouts, and cannot be reached outside their folder. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createView } from '#src/lib/view.js';

let dir = '';

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'view-'));
  await writeFile(join(dir, 'layout.eta'), '<main title="<%= it.title %>"><%~ it.body %></main>');
  await writeFile(
    join(dir, 'a.eta'),
    '<% layout("/layout", { title: it.name }) %><%= it.name %>|<%~ it.safe %>|<%= it.site %>',
  );
});

afterAll(() => rm(dir, { recursive: true }));

it('escapes values in text and attributes, and passes finished HTML on', () => {
  const view = createView({ dir, shared: { site: 'S' } });
  expect(view.render('a', { name: '"<b>&', safe: '<i>' })).toBe(
    '<main title="&quot;&lt;b&gt;&amp;">&quot;&lt;b&gt;&amp;|<i>|S</main>',
  );
});

it('throws for a template that does not exist', () => {
  expect(() => createView({ dir }).render('missing', {})).toThrow(/missing/);
});
