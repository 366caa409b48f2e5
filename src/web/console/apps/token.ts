/** An app's token: shown once when it is made, replaced when its owner says so twice. */
import { z } from 'zod';
import type { Core } from '#src/core/index.js';
import type { ConsoleDeps, ConsoleDesk, ConsoleVisit } from '#src/web/console/module.js';
import { checkbox, type FormErrors } from '#src/web/session/form.js';
import { openPlace, type Place, showPlace } from './place.js';
import { PLACE_WORDS } from './place-words.js';
import { TOKEN_WORDS } from './token-words.js';

const WORDS = { ...PLACE_WORDS, ...TOKEN_WORDS };
const PATH = '/console/apps/:id/token';

type Visit = ConsoleVisit<keyof typeof WORDS>;

/** Mounts the tab of the token. */
export function mountToken(desk: ConsoleDesk, { core }: ConsoleDeps): void {
  const { get, post } = desk.pages(WORDS);
  get(PATH, async (visit) => showToken(core, visit, await openPlace(core, visit), {}));
  post(PATH, async (visit) => {
    const place = await openPlace(core, visit);
    const schema = z.object({ sure: checkbox.refine((isSure) => isSure, visit.t('replaceTick')) });
    await visit.submit(
      schema,
      async () => {
        const appToken = await core.apps.replaceToken(place.appId);
        await visit.audit('app.token.replace', place.mark);
        visit.show({
          template: 'app-made',
          title: visit.t('replaced'),
          values: {
            ...toTokenValues(core, appToken, visit.visitor.uid),
            app: place.app,
            heading: visit.t('replaced'),
            next: `${place.path}/token`,
          },
        });
      },
      (errors) => showToken(core, visit, place, errors),
    );
  });
}

/** What the page that shows a token draws; its script lets a reload lead on instead of sending the form again. */
export function toTokenValues(core: Core, appToken: string, uid: string) {
  return {
    appToken,
    example: writeExample(core, { appToken, uid }),
    scripts: ['shown-once.js'],
    styles: ['apps.css'],
  };
}

async function showToken(core: Core, visit: Visit, place: Place, errors: FormErrors): Promise<void> {
  const mark = await core.appTokens.findToken(place.appId);
  const example = writeExample(core, { appToken: 'AT_xxx', uid: visit.visitor.uid });
  showPlace(visit, place, 'Token', { template: 'app-token', values: { mark, errors, example } });
}

/** A first message, to who looks at the page. */
function writeExample(core: Core, { appToken, uid }: { appToken: string; uid: string }): string {
  const body = JSON.stringify({ appToken, content: 'Hello 青鸟', contentType: 1, uids: [uid] });
  return `curl ${core.publicUrl}/api/send/message \\\n  -H 'Content-Type: application/json' \\\n  -d '${body}'`;
}
