/** What a developer says of an app: its texts, and what they may be. */
import { isHttpUrl } from '#src/lib/text.js';
import { AppError } from './errors.js';

/** What a developer says of an app. Texts are trimmed; an empty text clears. */
export interface AppInput {
  name: string;
  description?: string;
  contact?: string;
  followTip?: string;
  settingUrl?: string;
  settingSecret?: string;
  ratherTwice?: boolean;
}

type AppText = Exclude<keyof AppInput, 'ratherTwice'>;

/** The most characters (code points) of each text. */
export const APP_LIMITS = {
  name: 64,
  description: 1000,
  contact: 200,
  followTip: 600,
  settingUrl: 1000,
  settingSecret: 200,
};

/** Trims and checks the texts that are given; throws field_too_long, bad_field, bad_url. */
export function checkInput(input: Partial<AppInput>) {
  const { ratherTwice } = input;
  const data: Partial<Record<Exclude<AppText, 'settingSecret'>, string>> & { ratherTwice?: boolean } =
    ratherTwice === undefined ? {} : { ratherTwice };
  for (const [field, limit] of Object.entries(APP_LIMITS) as [AppText, number][]) {
    const value = input[field]?.trim();
    if (value === undefined) {
      continue;
    }
    if ([...value].length > limit) {
      throw new AppError('field_too_long', { field, limit });
    }
    if (field === 'name' && value === '') {
      throw new AppError('bad_field', { field, detail: '不能为空 must not be empty' });
    }
    if (field === 'settingUrl' && value !== '' && !isHttpUrl(value)) {
      throw new AppError('bad_url', { field });
    }
    if (field !== 'settingSecret') {
      data[field] = value;
    }
  }
  return data;
}
