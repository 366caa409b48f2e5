/** The inbox: each push of a platform is worked on once, also around a crash. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ON_POSTGRES } from '#test/support/database.js';
import { type CoreWorld, openCoreWorld } from './core-world.js';

let w: CoreWorld;
beforeEach(async () => {
  w = await openCoreWorld();
});
afterEach(() => w.close());

describe('an inbound push', () => {
  const claim = (key: string) => w.core.inbox.claim(key, 'oMing');

  it('is worked on by one, while the others wait', async () => {
    const claims = await Promise.all([claim('k'), claim('k'), claim('k')]);
    expect(claims.map(({ kind }) => kind).sort()).toEqual(['mine', 'running', 'running']);
  });

  it('is answered the same when it comes again, and the reply is sealed', async () => {
    await claim('k');
    await w.core.inbox.finish('k', { to: 'oMing', text: 'https://push.example/keys/hunter2' });
    expect(await claim('k')).toEqual({ kind: 'done', reply: 'https://push.example/keys/hunter2' });
    expect((await w.db.inbound.findFirstOrThrow()).reply).not.toContain('hunter2');
  });

  it('gives the reply to nobody but whom it was written for', async () => {
    await claim('k');
    await w.core.inbox.finish('k', { to: 'oMing', text: 'https://push.example/keys/hunter2' });
    for (const other of ['oHong', 'oMin', 'oMing2', '']) {
      expect(await w.core.inbox.claim('k', other)).toEqual({ kind: 'done', reply: null });
    }
  });

  it('that a dead process began is begun anew after the restart', async () => {
    await claim('k');
    // Several processes wait until one must be dead: so long that the platform's last try, after ten seconds, finds it free.
    w.clock.advance(ON_POSTGRES ? 9_000 : 1_000);
    await w.restart();
    expect((await claim('k')).kind).toBe('mine');
    expect((await claim('k')).kind).toBe('running');
  });

  it('whose work failed is worked on again', async () => {
    await claim('k');
    await w.core.inbox.release('k');
    expect((await claim('k')).kind).toBe('mine');
  });
});
