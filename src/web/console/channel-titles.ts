/** What channels are called on the console's pages, by their ids. */
import type { Core } from '#src/core/index.js';
import type { Language } from '#src/lib/i18n.js';

/** The server's own WeChat account, which nobody sets up as a channel. */
const WECHAT = { zh: '微信公众号', en: 'WeChat' } as const satisfies Record<Language, string>;

/** Gives a channel's title by its id; an unknown id stays as it is. */
export function nameChannels(core: Core, language: Language): (id: string) => string {
  const kinds = core.channels.listKinds().map(({ id, title }) => [id, title[language]] as const);
  const titles = new Map<string, string>([['wechat', WECHAT[language]], ...kinds]);
  return (id) => titles.get(id) ?? id;
}
