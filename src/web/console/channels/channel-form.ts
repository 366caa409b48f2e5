/** The form of a channel, drawn and checked by the fields that its kind declares. */
import { z } from 'zod';
import { SECRET_MASK } from '#src/core/channel-settings.js';
import type { ChannelView } from '#src/core/channels.js';
import type { ChannelKind, ConfigField } from '#src/core/types.js';
import type { Language } from '#src/lib/i18n.js';
import { isHttpUrl } from '#src/lib/text.js';
import type { FormErrors } from '#src/web/session/form.js';
import type { ChannelsKey } from './channels-words.js';

type Words = (key: ChannelsKey, values?: Record<string, string | number>) => string;

/** What the form is made for. */
export interface FormSubject {
  kind: ChannelKind;
  /** Null for a new channel. */
  channel: ChannelView | null;
  /** Codes of the person's other channels. */
  takenCodes: readonly string[];
  language: Language;
  t: Words;
}

/** A field as `parts/field` draws it, and the name of the box that clears a saved secret. */
export interface DrawnField {
  name: string;
  type: 'text' | 'textarea' | 'select' | 'password';
  label: string;
  hint: string;
  required: boolean;
  optional: boolean;
  mono: boolean;
  value: string;
  error: string | undefined;
  max: number;
  inputmode?: string;
  placeholder?: string;
  options?: (readonly [value: string, label: string])[];
  clear?: { name: string; label: string; value: boolean };
}

/** A form: what must be filled in, and what may stay as it is. */
export interface DrawnForm {
  needed: DrawnField[];
  more: DrawnField[];
  /** Something in `more` is set or wrong. */
  isMoreOpen: boolean;
}

const MAX_VALUE = 4000;
const CLEAR = 'clear-';

/** Draws the fields with the given values, and the errors beside them. */
export function drawForm(
  subject: FormSubject,
  values: Readonly<Record<string, string>>,
  errors: FormErrors = {},
): DrawnForm {
  const drawn = subject.kind.configFields.map((field) => drawField(subject, field, { values, errors }));
  // Where nothing at all is required, the first field is what the channel is about.
  const needed = drawn.filter(
    ({ required }, at) => required || at === 0 || isSavedSecret(subject, drawn[at]?.name),
  );
  const more = drawn.filter((field) => !needed.includes(field));
  return { needed, more, isMoreOpen: more.some(({ value, error }) => value !== '' || error !== undefined) };
}

/** A form's values as they were sent, with an address that was pasted whole split into its fields. */
export function readValues(
  { kind }: FormSubject,
  sent: Readonly<Record<string, string>>,
): Record<string, string> {
  return { ...sent, ...kind.readPasted?.(sent) };
}

/** The schema of the form's fields, for the values that `readValues` gave, with words in the reader's language. */
export function buildFormSchema(subject: FormSubject, sent: Readonly<Record<string, string>>) {
  const fields = subject.kind.configFields;
  const shape: Record<string, z.ZodType<string>> = { code: codeField(subject) };
  for (const field of fields) {
    shape[field.name] = z.preprocess(() => sent[field.name], valueField(subject, field));
  }
  return z.object(shape).superRefine((values, issues) => {
    const config = toConfig(subject, values);
    for (const problem of subject.kind.checkSettings?.({ ...subject.channel?.config, ...config }) ?? []) {
      // What is masked cannot be looked at here; the domain looks at the true value.
      if (!isKept(subject, problem.field, values)) {
        issues.addIssue({ code: 'custom', path: [problem.field], message: problem[subject.language] });
      }
    }
  });
}

/** The settings that a checked form asks for; saved secrets that were left empty are left out. */
export function toConfig(
  subject: FormSubject,
  values: Readonly<Record<string, unknown>>,
): Record<string, string> {
  const config: Record<string, string> = {};
  for (const { name } of subject.kind.configFields) {
    if (!isKept(subject, name, values)) {
      config[name] = textOf(values[name]);
    }
  }
  return config;
}

/** The secrets that the form wants cleared. */
export function listCleared(subject: FormSubject, sent: Readonly<Record<string, string>>): string[] {
  return subject.kind.configFields
    .filter(({ name, secret, required }) => secret && !required && sent[CLEAR + name] !== undefined)
    .map(({ name }) => name);
}

/** What a new form begins with. */
export function firstValues({ kind, takenCodes }: FormSubject, presetId: string): Record<string, string> {
  const preset = kind.presets?.find(({ id }) => id === presetId);
  const base = preset && preset.id !== 'custom' ? preset.id : kind.id;
  const codes = [base, ...Array.from({ length: takenCodes.length + 1 }, (_, at) => `${base}-${at + 2}`)];
  return { ...preset?.config, code: codes.find((code) => !takenCodes.includes(code)) ?? base };
}

/** What the form of a channel shows: its settings, saved secrets as empty. */
export function savedValues({ kind, channel }: FormSubject): Record<string, string> {
  const secrets = new Set(kind.configFields.filter(({ secret }) => secret).map(({ name }) => name));
  const shown = Object.entries(channel?.config ?? {}).filter(([name]) => !secrets.has(name));
  const ratherTwice = channel?.ratherTwice ? 'on' : '';
  return { ...Object.fromEntries(shown), code: channel?.code ?? '', ratherTwice };
}

function drawField(
  subject: FormSubject,
  field: ConfigField,
  { values, errors }: { values: Readonly<Record<string, string>>; errors: FormErrors },
): DrawnField {
  const { language, t } = subject;
  const { name, label, hint, required, secret } = field;
  const isSaved = isSavedSecret(subject, name);
  return {
    name,
    type: typeOf(field),
    label: label[language],
    hint: hint?.[language] ?? '',
    required: required && !isSaved,
    optional: !required,
    mono: secret || field.type === 'url' || field.type === 'long-text',
    value: values[name] ?? '',
    error: errors[name],
    max: MAX_VALUE,
    ...(field.type === 'number' ? { inputmode: 'decimal' } : {}),
    ...(field.type === 'url' ? { inputmode: 'url' } : {}),
    ...(isSaved ? { placeholder: `${SECRET_MASK} ${t('isSet')}` } : {}),
    ...(field.choices
      ? { options: [['', t('asDefault')], ...field.choices.map((one) => [one, one] as const)] }
      : {}),
    ...(isSaved && !required
      ? {
          clear: {
            name: CLEAR + name,
            label: t('clearOf', { label: label[language] }),
            value: CLEAR + name in values,
          },
        }
      : {}),
  };
}

function typeOf({ type, name }: ConfigField): DrawnField['type'] {
  if (type === 'choice') {
    return 'select';
  }
  return type === 'long-text' ? 'textarea' : name === 'password' ? 'password' : 'text';
}

function codeField({ takenCodes, t }: FormSubject) {
  return z
    .string()
    .default('')
    .transform((text) => text.trim())
    .refine((code) => /^[\w-]{1,40}$/.test(code), { error: t('badCode'), abort: true })
    .refine((code) => code !== 'wechat', { error: t('reservedCode') })
    .refine((code) => !takenCodes.includes(code), { error: t('takenCode') });
}

function valueField(subject: FormSubject, field: ConfigField) {
  const { t, language } = subject;
  const mayBeEmpty = !field.required || isSavedSecret(subject, field.name);
  const is = (test: (value: string) => boolean) => (value: string) => value === '' || test(value);
  return z
    .string()
    .default('')
    .transform((text) => text.trim())
    .refine((value) => mayBeEmpty || value !== '', { error: t('needed', { label: field.label[language] }) })
    .refine((value) => value.length <= MAX_VALUE, { error: t('tooLong', { max: MAX_VALUE }), abort: true })
    .refine(
      is((value) => field.type !== 'number' || /^-?\d+(\.\d+)?$/.test(value)),
      { error: t('noNumber') },
    )
    .refine(
      is((value) => field.type !== 'url' || isHttpUrl(value)),
      { error: t('noUrl') },
    )
    .refine(
      is((value) => field.type !== 'choice' || field.choices?.includes(value) === true),
      {
        error: t('noChoice'),
      },
    );
}

function isSavedSecret({ kind, channel }: FormSubject, name: string | undefined): boolean {
  const field = kind.configFields.find((one) => one.name === name);
  return field?.secret === true && (channel?.config[field.name] ?? '') !== '';
}

function isKept(subject: FormSubject, name: string, values: Readonly<Record<string, unknown>>): boolean {
  return isSavedSecret(subject, name) && textOf(values[name]) === '';
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
