/** The page that sends: a form, its live preview with the card a phone will show, and the message as commands. */
import type { App } from '#src/core/apps.js';
import { getOwnApp } from '#src/web/api/access.js';
import type { FormErrors } from '#src/web/session/form.js';
import type { ConsoleDeps, ConsoleModule, ConsoleVisit } from '../module.js';
import { offerApps, offerTopics } from './choosers.js';
import { createPreview } from './preview.js';
import { publishForm } from './publish-form.js';
import { SAMPLES } from './samples.js';
import { DATA_FORMATS, SEND_LIMIT_BYTES, sendSchema } from './schema.js';
import { SEND_WORDS } from './words.js';

const PATH = '/console/send';

/** A request to this page. */
export type SendVisit = ConsoleVisit<keyof typeof SEND_WORDS>;

/** The page at /console/send. */
export const sendModule: ConsoleModule = {
  menu: [{ path: PATH, label: SEND_WORDS.send, group: 'work' }],
  mount(desk, deps) {
    const { core } = deps;
    const { get, post } = desk.pages(SEND_WORDS);
    const options = { limitBytes: SEND_LIMIT_BYTES };
    const readPreview = createPreview(deps);

    get(PATH, async (visit) => {
      const sample = SAMPLES.find(({ name }) => name === visit.query('sample'));
      const app = await findApp(visit, visit.query('app'));
      const begun = sample ? { format: sample.format, ...sample[visit.language] } : {};
      const values = { format: 'markdown', to: 'me', ...begun };
      await showForm(visit, { app, values, errors: {} });
    });
    post(
      PATH,
      async (visit) => {
        const app = await findApp(visit, visit.form.values.app ?? '');
        const again = (errors: FormErrors) => showForm(visit, { app, values: visit.form.values, errors });
        // What was asked for besides sending: the preview, or topics by name.
        if (visit.form.values.act) {
          await again({});
          return;
        }
        await visit.submit(
          sendSchema,
          async (fields) => {
            const done = await publishForm(deps, visit, { fields, app });
            if (!done.ok) {
              visit.ctx.status = 422;
              await again(done.errors);
              return;
            }
            await visit.audit('message.send', `message ${done.messageId}`, app ? `app ${app.id}` : fields.to);
            visit.flash('good', visit.t('sent'));
            visit.redirect(`/console/messages/${done.messageId}`);
          },
          again,
        );
      },
      options,
    );
    // The page's script asks for it as one types.
    post(
      `${PATH}/preview`,
      async (visit) => {
        const app = await findApp(visit, visit.form.values.app ?? '');
        const preview = await readPreview(visit, visit.form, nameOf(app));
        visit.show({
          template: 'send-preview',
          title: visit.t('preview'),
          policy: POLICY,
          values: { preview },
        });
      },
      options,
    );

    /** The app with this number, if the visitor manages it; null for none. Throws not_found. */
    async function findApp(visit: SendVisit, text: string): Promise<App | null> {
      const id = /^\d{1,9}$/.test(text) ? Number(text) : 0;
      return id === 0 ? null : getOwnApp(core, visit.manager, id);
    }

    async function showForm(
      visit: SendVisit,
      {
        app,
        values,
        errors,
      }: { app: App | null; values: Readonly<Record<string, string>>; errors: FormErrors },
    ): Promise<void> {
      const { t } = visit;
      const apps = await offerApps(core, visit, app);
      const form = { lists: visit.form.lists, values: { ...values, app: String(app?.id ?? 0) } };
      visit.show({
        template: 'send',
        title: t('send'),
        policy: POLICY,
        values: {
          app,
          senders: [['0', t('senderSelf')], ...apps.items.map(({ id, name }) => [id, `${name} #${id}`])],
          apps,
          topics: app ? await offerTopics(core, visit, app) : null,
          dataFormats: DATA_FORMATS,
          chosen: { topics: visit.form.lists.topics ?? [], channels: visit.form.lists.channels ?? [] },
          channels: await listChannels(deps, visit),
          samples: SAMPLES.map((sample) => ({ name: sample.name, label: t(sample.label) })),
          values: form.values,
          errors,
          preview: await readPreview(visit, form, nameOf(app)),
        },
      });
    }
  },
};

/** Pictures and colours of the message show as on its page; the script asks for previews. */
const POLICY = { connect: true, remoteImages: true, styleAttributes: true };

/** As messages of people's own keys are called on cards. */
const OWN_MESSAGES = '个人推送';

function nameOf(app: App | null): string {
  return app?.name ?? OWN_MESSAGES;
}

/** The kinds of channel, and the visitor's own channels by their codes. */
async function listChannels({ core }: ConsoleDeps, { manager, language, t }: SendVisit) {
  const own = await core.channels.listChannels(manager.personId);
  const kinds = core.channels.listKinds().map(({ id, title }) => ({ code: id, label: title[language] }));
  const titleOf = new Map(kinds.map(({ code, label }) => [code, label]));
  return [
    { code: 'wechat', label: t('wechat') },
    ...own.map(({ code, kind }) => ({ code, label: `${code} · ${titleOf.get(kind) ?? kind}` })),
    ...kinds.filter(({ code }) => !own.some((channel) => channel.code === code)),
  ];
}
