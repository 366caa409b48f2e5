/** The settings that chat robots share: the address or key that their page shows, the signing secret, the look. */
import type { ConfigField } from './channel.js';

type Words = ConfigField['label'];

/** The address that a robot's page shows, or the credential in it. */
export function credentialField(name: string, { label, hint }: { label: Words; hint: Words }): ConfigField {
  return { name, type: 'text', label, hint, required: true, secret: true };
}

/** The secret of robots that check signatures. */
export function signingSecretField(label: Words, hint: Words): ConfigField {
  return { name: 'secret', type: 'text', label, hint, required: false, secret: true };
}

/** The look of messages: a rich one unless `text` is chosen. */
export function lookField(rich: 'markdown' | 'card'): ConfigField {
  const zh = rich === 'card' ? 'card：卡片（默认）；text：纯文本' : 'markdown（默认）或 text 纯文本';
  return {
    name: 'format',
    type: 'choice',
    label: { zh: '消息样式', en: 'Format' },
    hint: { zh, en: `${rich} (default) or text` },
    required: false,
    secret: false,
    choices: [rich, 'text'],
  };
}
