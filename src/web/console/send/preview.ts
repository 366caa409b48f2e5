/** What is shown beside the form: the card with what does not fit, the page behind it, and the command of each dialect. */
import { createBodyRenderer } from '#src/web/pages/message-body.js';
import type { Form } from '#src/web/session/form.js';
import type { Visitor } from '#src/web/session/visits.js';
import type { CardLine, ConsoleDeps } from '../module.js';
import { type LineKeys, LONGEST_BODY, PLACEHOLDERS, writeCurlLines } from './curl-lines.js';
import type { SendVisit } from './index.js';
import { DATA_FORMATS, toDraft } from './schema.js';

const KINDS = ['spt', 'sendkey', 'pushplus', 'bark', 'pushdeer', 'ntfy', 'gotify'] as const;
/** The highlighted start of what does not fit. */
const WHOLE_SHOWN = 80;

/** Makes the reader of previews. */
export function createPreview({ core, publicUrl, previewCard, templates }: ConsoleDeps) {
  const renderBody = createBodyRenderer();

  /** Reads what the part `send-preview` draws. The app must be one that this visitor manages. */
  return async (visit: SendVisit, form: Form, appName: string) => {
    const draft = toDraft(form, templates, core.clock.now());
    const { visitor, language, t } = visit;
    const card = await previewCard({
      id: 0,
      appId: draft.appId || null,
      appName,
      title: draft.title,
      summary: draft.summary,
      body: draft.body,
      format: draft.format,
      url: draft.url,
      pageUrl: publicUrl,
      createdAt: new Date(core.clock.now()),
      isUrgent: draft.isUrgent,
      extras: {},
    });
    const isOwn = draft.to === 'me';
    const keys = isOwn ? await showOwnKeys(visitor) : PLACEHOLDERS;
    // A text that is empty loses nothing.
    const lines =
      card.lines?.map((line) => ({ ...line, isCut: line.isCut && line.whole.trim() !== '' })) ?? null;
    const toWords = ({ whole, value, rule }: CardLine) =>
      t('cut', { whole: shorten(whole), value, rule: rule[language] });
    return {
      card: { ...card, lines },
      cuts: (lines ?? []).filter(({ isCut }) => isCut).map(toWords),
      body: draft.body.trim() === '' ? null : await renderBody(draft.body, draft.format),
      isUndrawn: draft.content.trim() !== '' && isData(draft.template) && draft.format === 'text',
      draft,
      appName,
      curls: writeCurlLines(publicUrl, isOwn ? { ...draft, uids: [visitor.uid] } : draft, keys),
      isOwn,
      isCurlCut: Math.max(draft.body.length, draft.content.length) > LONGEST_BODY,
    };
  };

  async function showOwnKeys({ personId, sessionId }: Visitor): Promise<LineKeys> {
    const shown = await Promise.all(
      KINDS.map(async (kind) => [kind, await core.keys.showKey(personId, kind, { sessionId })] as const),
    );
    const notify = await core.notifyCodes.showOwnCode(personId);
    return { ...PLACEHOLDERS, ...Object.fromEntries(shown), notify };
  }
}

function isData(template: string): boolean {
  return DATA_FORMATS.some((name) => name === template);
}

function shorten(text: string): string {
  return [...text].length > WHOLE_SHOWN ? `${[...text].slice(0, WHOLE_SHOWN).join('')}…` : text;
}
