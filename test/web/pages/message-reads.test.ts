/** Who read what: each receiver's own address tells it once, the common one never, and the sender sees it. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hasBrowser, type Looker, openLooker, SIGHTS } from '#test/support/look.js';
import { openWorld, type World } from '#test/support/world.js';

let w: World;
let appToken: string;
const PEOPLE = ['小明', '小红', 'Ali عمر 🚀'];

beforeEach(async () => {
  w = await openWorld();
  const app = await w.app('机房告警').made();
  appToken = app.appToken;
  for (const name of PEOPLE) {
    await w.phone(name).scans(app.qrcodeUrl);
  }
});
afterEach(() => w.close());

interface Trace {
  read: number;
  deliveries: { items: { uid: string; readAt: number | null }[] };
}

/** Sends to people by name; gives the message's number and the address on each one's card. */
async function send(names: readonly string[]): Promise<{ id: number; paths: string[] }> {
  const uids = await Promise.all(names.map((name) => w.phone(name).uid()));
  const answer = await w.call('/api/send/message', { body: { appToken, uids, content: '磁盘满了' } });
  const id = (answer.json as { data: { messageContentId: number }[] }).data[0]?.messageContentId ?? 0;
  await w.drain();
  const cards = await Promise.all(names.map(async (name) => (await w.phone(name).cards())[0]));
  return { id, paths: cards.map((card) => new URL(card?.url ?? '').pathname) };
}

const trace = async (id: number) => (await w.admin(`/messages/${id}`)).json as Trace;
const read = (path: string) => w.call(`${path}/read`, { method: 'POST' });

describe('a card', () => {
  it('carries an address of its receiver’s own, which shows the message and tells once that it was read', async () => {
    const { id, paths } = await send(PEOPLE);
    expect(new Set(paths).size).toBe(PEOPLE.length);
    for (const path of paths) {
      const page = await w.call(path);
      expect(page.text).toContain('磁盘满了');
      expect(page.text).toContain('发送者会看到');
    }
    // A preview fetches the page and reads nothing.
    expect(await trace(id)).toMatchObject({ read: 0 });

    const readAt = w.clock.now();
    expect((await read(paths[0] ?? '')).status).toBe(204);
    w.clock.advance(60_000);
    await read(paths[0] ?? '');
    const { read: count, deliveries } = await trace(id);
    expect(count).toBe(1);
    const uid = await w.phone(PEOPLE[0] ?? '').uid();
    expect(deliveries.items.filter((item) => item.readAt !== null)).toEqual([
      expect.objectContaining({ uid, readAt }),
    ]);
    await w.restart();
    await read(paths[0] ?? '');
    expect(await trace(id)).toMatchObject({ read: 1 });
  });

  it('is counted exactly when everybody opens it at once, again and again', async () => {
    const { id, paths } = await send(PEOPLE);
    await Promise.all([...paths, ...paths, ...paths].map(read));
    expect(await trace(id)).toMatchObject({ read: PEOPLE.length });
  });

  it('stands as read in its receiver’s own list, and in nobody else’s', async () => {
    const { paths } = await send(PEOPLE.slice(0, 2));
    await read(paths[0] ?? '');
    const [ming, hong] = await Promise.all(
      PEOPLE.slice(0, 2).map(async (name) => {
        const { personId } = await w.core.people.getByUid(await w.phone(name).uid());
        return (await w.core.receivedMessages.listMine(personId, { search: '', take: 5 })).items[0];
      }),
    );
    expect([ming?.isRead, hong?.isRead]).toEqual([true, false]);
    // The list leads to the same address: reading there counts as well.
    expect(new URL(hong?.url ?? '').pathname).toBe(paths[1]);
  });
});

describe('nothing is told', () => {
  it('by the address that is the same for all, nor by one that was never sent', async () => {
    const { id, paths } = await send(PEOPLE.slice(0, 2));
    const { pathname } = new URL(w.core.pageLinks.urlOf(id));
    const plain = await w.call(pathname);
    expect(plain.text).toContain('磁盘满了');
    expect(plain.text).not.toContain('message-read');
    const [own = ''] = paths;
    const [message, hash, delivery = '', mark = ''] = own.split('-');
    const changed = mark.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
    for (const path of [
      pathname,
      `${message}-${hash}-${delivery}`,
      `${message}-${hash}-${delivery}-${changed}`,
      `${message}-${hash}-${delivery}0-${mark}`,
      `${message}-${hash?.replace(/^./, 'x')}-${delivery}-${mark}`,
      '/m/x',
      '/m/%00',
      `/m/${'a-'.repeat(60)}`,
    ]) {
      expect((await read(path)).status).toBeLessThan(500);
    }
    expect(await trace(id)).toMatchObject({ read: 0 });
  });

  it('by a group: its robot gets the common address', async () => {
    const uid = await w.phone('小明').uid();
    const settings = { url: w.webhook('group') };
    await w.admin(`/users/${uid}/channels`, {
      kind: 'webhook',
      code: 'group',
      default: true,
      config: settings,
    });
    const answer = await w.call('/api/send/message', { body: { appToken, uids: [uid], content: 'x' } });
    const id = (answer.json as { data: { messageContentId: number }[] }).data[0]?.messageContentId ?? 0;
    await w.drain();
    const { items } = (await w.sim('/inboxes/webhook/group')).json as {
      items: { request: { body: string } }[];
    };
    expect(JSON.parse(items[0]?.request.body ?? '{}').pageUrl).toBe(w.core.pageLinks.urlOf(id));
  });
});

describe.skipIf(!hasBrowser)('in a browser', () => {
  let looker: Looker;
  beforeAll(async () => {
    looker = await openLooker('');
  });
  afterAll(() => looker?.close());

  it('a message is read when it is looked at, and the page looks right', async () => {
    const { id, paths } = await send(['小明']);
    const [sight] = SIGHTS;
    const { page, complaints } = await looker.open(null, `${w.url}${paths[0]}`, sight);
    await expect.poll(async () => (await trace(id)).read).toBe(1);
    expect(complaints).toEqual([]);
    await page.context().close();
    expect(await looker.look(null, `${w.url}${paths[0]}`, { name: 'read' })).toEqual([]);
  });
});
