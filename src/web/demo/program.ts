/** The demo program behind /demo: an ordinary developer's app that pushes only to whoever scanned its visit's code. */
import { LRUCache } from 'lru-cache';
import { AppError, notFound } from '#src/core/errors.js';
import type { Core } from '#src/core/index.js';
import type { Format } from '#src/core/types.js';
import { randomText } from '#src/lib/ids.js';

/** A text to push in a visit. */
export interface DemoText {
  visit: string;
  content: string;
  summary?: string;
  format: Format;
  url?: string;
}

/** The facts that the server remembers of the demo app between runs. */
export interface DemoMemory {
  readAppId(): Promise<number | null>;
  saveAppId(id: number): Promise<void>;
}

/** What the program is made with. `callbacks` are the newest about a person. */
export interface DemoProgramDeps {
  core: Core;
  memory: DemoMemory;
  callbackUrl: string;
  callbacks: (uid: string) => { at: Date; body: unknown }[];
  /** Told the secrets that the app's callbacks are signed with. */
  onSecret: (secret: string) => void;
}

/** A visit's code works for so long. */
const VISIT_SECONDS = 30 * 60;
const MAX_VISITS = 5000;
const MAX_MESSAGES = 20;
/** The outcomes of a try in both languages: the page shows the reader's half. */
const OUTCOMES: Readonly<Record<string, string>> = {
  sent: '微信已接收 taken by WeChat',
  confirmed: '微信确认送达 delivered',
  denied: '微信未能送达 not delivered',
  retry: '稍后再试 tried again later',
  refused: '被拒绝 refused',
  gone: '已不是关注者 follows no more',
  skipped: '未发送 not sent',
};
const APP_NAME = '青鸟演示 Demo';

/** Makes the program. */
export function createDemoProgram(deps: DemoProgramDeps) {
  const { core } = deps;
  const visits = new LRUCache<string, { code: string; messages: number[] }>({
    max: MAX_VISITS,
    ttl: 24 * 3_600_000,
  });
  let app: Promise<{ id: number; name: string }> | null = null;

  /** The demo app, made on the first use; its callbacks come back to this very server. */
  function ensureApp(): Promise<{ id: number; name: string }> {
    app ??= openApp().catch((error: unknown) => {
      app = null;
      throw error;
    });
    return app;
  }

  async function openApp(): Promise<{ id: number; name: string }> {
    const id = await deps.memory.readAppId();
    const known = id === null ? null : await core.apps.findApp(id);
    const made = known ?? (await makeApp());
    const { secret } = await core.callbacks.setCallback(made.id, deps.callbackUrl);
    deps.onSecret(secret);
    return { id: made.id, name: made.name };
  }

  async function makeApp() {
    const { app: made } = await core.apps.createApp(
      {
        name: APP_NAME,
        description:
          '扫码得到 UID，给自己推送一条消息，再从聊天里回复它。Scan, get a UID, push to yourself, answer back.',
        followTip:
          '欢迎体验青鸟！回到演示页，给自己推送一条消息吧。Back on the demo page, push yourself a message.',
      },
      null,
    );
    await deps.memory.saveAppId(made.id);
    return made;
  }

  /** Begins a visit with a code of its own. */
  async function createVisit() {
    const { id, name } = await ensureApp();
    const visit = randomText(24);
    const qrcode = await core.qrcodes.createParameterised({
      appId: id,
      extra: visit,
      validSeconds: VISIT_SECONDS,
      isForVisitor: true,
    });
    visits.set(visit, { code: qrcode.code, messages: [] });
    return { visit, qrcodeText: qrcode.url, appId: id, appName: name };
  }

  async function findScanner(visit: string): Promise<string | null> {
    const known = visits.get(visit);
    return known ? (await core.qrcodes.getByCode(known.code)).lastUid : null;
  }

  /** What became of a visit; null for one that is unknown or was forgotten. */
  async function readVisit(visit: string) {
    const known = visits.get(visit);
    if (!known) {
      return null;
    }
    const uid = await findScanner(visit).catch(() => null);
    const messages = await Promise.all(known.messages.map(readMessage));
    return { ...(uid ? { uid, callbacks: deps.callbacks(uid) } : { callbacks: [] }), messages };
  }

  async function readMessage(id: number) {
    const [head, { items }] = await Promise.all([
      core.messages.getMessage(id),
      core.messages.listDeliveries(id, { skip: 0, take: 1 }),
    ]);
    const attempts = items[0]?.attempts ?? [];
    const detail = attempts.map((attempt) =>
      [OUTCOMES[attempt.outcome] ?? attempt.outcome, [attempt.code, attempt.detail].filter(Boolean).join(' ')]
        .filter(Boolean)
        .join('；'),
    );
    return { id, state: head.state, detail: detail.join(' → '), url: core.pageLinks.urlOf(id) };
  }

  /** Pushes to the person who scanned the visit's code, and to nobody else. Throws not_found, conflict. */
  async function push(input: DemoText): Promise<{ messageId: number }> {
    const known = visits.get(input.visit);
    const uid = await findScanner(input.visit);
    if (!known || !uid) {
      throw notFound('访问 Visit');
    }
    const { id } = await ensureApp();
    const [person] = await core.people.findByUids([uid], id);
    if (!person?.subscribed) {
      throw new AppError('conflict', { detail: '请先重新扫码订阅 Scan the code again first' });
    }
    const { visit: _visit, content, ...rest } = input;
    const { messageId } = await core.publish({
      ...rest,
      body: content,
      appId: id,
      audience: { people: [person.personId], topics: [] },
      targets: [{ uid }],
      source: 'demo',
    });
    known.messages = [messageId, ...known.messages].slice(0, MAX_MESSAGES);
    return { messageId };
  }

  return { createVisit, readVisit, push, ensureApp };
}
