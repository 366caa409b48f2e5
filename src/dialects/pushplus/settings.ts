/** What a PushPlus account chose for itself: where messages go by default, whether it sends, what its webhooks are called. */
import type { Core } from '#src/core/index.js';

/** Where the messages of a token go that name no channel themselves. */
export interface ChannelDefault {
  id: number;
  /** The message token it is for (a key's number); 0: the account's own token, and tokens without a default. */
  tokenId: number;
  /** PushPlus's word for it, such as `wechat`. */
  channel: string;
  /** The code of the channel's configuration; empty for none. */
  option: string;
  /** Milliseconds since the epoch. */
  updatedAt: number;
}

/** What PushPlus keeps of a webhook beside what it does. */
export interface WebhookLabel {
  name: string;
  /** PushPlus's number of its type. */
  type: number;
}

/** The settings of an account. */
export interface AccountSettings {
  defaults: readonly ChannelDefault[];
  /** False: the account refuses to send. */
  isSend: boolean;
  /** By the number of the channel. */
  webhookLabels: Readonly<Record<string, WebhookLabel>>;
}

const PREFERENCE = 'pushplus';
const NEW_ACCOUNT: AccountSettings = { defaults: [], isSend: true, webhookLabels: {} };

/** The settings of a person's account; those of a new one where they chose nothing. */
export async function readSettings(core: Core, personId: number): Promise<AccountSettings> {
  // Only saveSettings writes under this name.
  const saved = (await core.preferences.read(personId, PREFERENCE)) as Partial<AccountSettings> | null;
  return { ...NEW_ACCOUNT, ...saved };
}

/** Changes what is given of a person's settings. */
export async function saveSettings(
  core: Core,
  personId: number,
  change: Partial<AccountSettings>,
): Promise<void> {
  await core.preferences.save(personId, PREFERENCE, { ...(await readSettings(core, personId)), ...change });
}

/** The default of a token (0: the account's own), or the account's own default; null where there is neither. */
export function defaultOf(settings: AccountSettings, tokenId: number): ChannelDefault | null {
  const find = (id: number) => settings.defaults.find((one) => one.tokenId === id);
  return find(tokenId) ?? find(0) ?? null;
}
