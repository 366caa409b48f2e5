/** QR codes of an app or a topic: the lasting one, those with a parameter, their pictures, and how often they are scanned. */
import { z } from 'zod';
import type { Core } from '#src/core/index.js';
import type { ListedQrCode } from '#src/core/qrcode-lists.js';
import { QRCODE_LIMITS } from '#src/core/qrcodes.js';
import { formatChinaTime } from '#src/lib/china-time.js';
import { qrPng, qrSvg } from '#src/lib/qr-picture.js';
import { stripControls } from '#src/lib/text.js';
import type { ConsoleDeps, ConsoleDesk, ConsoleVisit } from '#src/web/console/module.js';
import { layOutBars } from '#src/web/session/bars.js';
import type { FormErrors } from '#src/web/session/form.js';
import { CODES_WORDS } from './codes-words.js';
import { cleanField, openPlace, PLACE_PATHS, type Place, showPlace, toSubscribeUrl } from './place.js';
import { PLACE_WORDS } from './place-words.js';

const WORDS = { ...PLACE_WORDS, ...CODES_WORDS };
const DAYS_DRAWN = 30;
const CODES_SHOWN = 20;
/** How long a code may last, in seconds. */
const VALID = ['1800', '86400', '604800', '2592000'] as const;
/** Sharp on posters; phones need no more. */
const PNG_PX = 1024;

type Visit = ConsoleVisit<keyof typeof WORDS>;

const codeForm = z.object({
  extra: cleanField(QRCODE_LIMITS.extraMax, 1),
  valid: z.enum(VALID).transform(Number),
});

/** Mounts the tab of QR codes, of apps and topics. */
export function mountCodes(desk: ConsoleDesk, { core }: ConsoleDeps): void {
  const { get, post } = desk.pages(WORDS);
  for (const base of PLACE_PATHS) {
    get(`${base}/codes`, async (visit) => showCodes(core, visit, await openPlace(core, visit), {}));
    post(`${base}/codes`, async (visit) => {
      const place = await openPlace(core, visit);
      await visit.submit(
        codeForm,
        async ({ extra, valid }) => {
          const { appId, topicId } = place;
          const made = await core.qrcodes.createTemporary({ appId, topicId, extra, validSeconds: valid });
          await visit.audit('qrcode.create', place.mark, extra);
          visit.flash('good', visit.t('made'));
          visit.redirect(`${place.path}/codes/${made.scene}`);
        },
        (errors) => showCodes(core, visit, place, errors),
      );
    });
    post(`${base}/codes/printable`, async (visit) => {
      const place = await openPlace(core, visit);
      const { scene } = await core.qrcodes.getPrintable(place.appId, place.topicId);
      await visit.audit('qrcode.create', place.mark, 'printable');
      visit.flash('good', visit.t('printableMade'));
      visit.redirect(`${place.path}/codes/${scene}`);
    });
    get(`${base}/codes/:scene`, async (visit) => {
      const place = await openPlace(core, visit);
      const code = await core.qrcodeLists.getCode(place, visit.param('scene'));
      await showCode(core, visit, place, code);
    });
    post(`${base}/codes/:scene/delete`, async (visit) => {
      const place = await openPlace(core, visit);
      const code = await core.qrcodeLists.getCode(place, visit.param('scene'));
      await core.qrcodes.deleteCode(place, code.scene);
      await visit.audit('qrcode.delete', place.mark, code.extra || code.scene);
      visit.flash('good', visit.t('codeDeleted', { name: code.extra || visit.t('noExtra') }));
      visit.redirect(`${place.path}/codes`);
    });
    get(`${base}/codes/:scene/picture.png`, async (visit) => {
      const code = await openCode(core, visit);
      sendPicture(visit, 'png', await qrPng(code.url, PNG_PX));
    });
    get(`${base}/codes/:scene/picture.svg`, async (visit) => {
      const code = await openCode(core, visit);
      sendPicture(visit, 'svg', await qrSvg(code.url));
    });
  }
}

async function openCode(core: Core, visit: Visit): Promise<ListedQrCode> {
  return core.qrcodeLists.getCode(await openPlace(core, visit), visit.param('scene'));
}

async function showCodes(core: Core, visit: Visit, place: Place, errors: FormErrors): Promise<void> {
  const search = stripControls(visit.query('q')).trim().slice(0, 100);
  const before = visit.query('before');
  const { scene } = await core.qrcodes.getDefault(place.appId, place.topicId);
  const [code, scans, found] = await Promise.all([
    core.qrcodeLists.getCode(place, scene),
    drawScans(core, visit, scene),
    core.qrcodeLists.searchCodes(place, { text: search, before, take: CODES_SHOWN }),
  ]);
  showPlace(visit, place, 'Codes', {
    template: 'app-codes',
    values: {
      code,
      figure: scans,
      subscribeUrl: toSubscribeUrl(core, place),
      found,
      search,
      isFirst: before === '',
      errors,
      values: { valid: '604800', ...visit.form.values },
      validChoices: VALID.map((seconds) => [seconds, visit.t(`valid_${seconds}`)]),
      extraMax: QRCODE_LIMITS.extraMax,
    },
  });
}

async function showCode(core: Core, visit: Visit, place: Place, code: ListedQrCode): Promise<void> {
  const figure = await drawScans(core, visit, code.scene);
  showPlace(visit, place, 'Codes', { template: 'app-code', values: { code, figure } });
}

async function drawScans(core: Core, { t }: Visit, scene: string) {
  const days = await core.qrcodeLists.readScans(scene, DAYS_DRAWN);
  const points = days.map(({ day, scans }) => ({ label: formatChinaTime(day).slice(5, 10), value: scans }));
  return { title: t('perDay'), ...layOutBars(points) };
}

/** `?download` names it as a file; else it is drawn in the page. */
function sendPicture({ ctx, query, param }: Visit, type: 'png' | 'svg', picture: Buffer | string): void {
  ctx.set({
    'X-Content-Type-Options': 'nosniff',
    'Content-Security-Policy': "default-src 'none'; sandbox",
    'Cache-Control': 'private, max-age=300',
  });
  if (query('download') !== '') {
    const name = `qingniao-${param('scene').replace(/\W/g, '')}.${type}`;
    ctx.set('Content-Disposition', `attachment; filename="${name}"`);
  }
  ctx.type = type;
  ctx.body = picture;
}
