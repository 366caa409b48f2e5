/** What a check found: a light, a sentence, and the remedy where there is something to mend. */
import type { Core } from '#src/core/index.js';
import { inLanguage } from '#src/lib/in-language.js';
import type { SelfCheckOutside, Told } from './outside.js';

/** A sentence for people. */
export interface Words {
  zh: string;
  en: string;
}

/** `off`: not set up, which is nobody's mistake. */
export type Light = 'good' | 'warn' | 'bad' | 'off';

/** What a check found. */
export interface Finding {
  light: Light;
  found: Words;
  remedy?: Words;
  /** A page or button that helps. */
  action?: 'template' | 'menu';
}

/** What checks are given. */
export interface CheckNeeds {
  core: Core;
  outside: SelfCheckOutside;
  publicUrl: string;
  sandbox: boolean;
}

/** One line of the self-check. */
export interface Check {
  id: string;
  group: 'wechat' | 'server' | 'others';
  title: Words;
  run(needs: CheckNeeds): Promise<Finding>;
}

/** A sentence in both languages. */
export function say(zh: string, en: string): Words {
  return { zh, en };
}

/** All is well. */
export function good(zh: string, en: string): Finding {
  return { light: 'good', found: say(zh, en) };
}

/** It works, but somebody should look. */
export function warn(found: Words, remedy: Words): Finding {
  return { light: 'warn', found, remedy };
}

/** It does not work. */
export function bad(found: Words, remedy: Words): Finding {
  return { light: 'bad', found, remedy };
}

/** It is not set up. */
export function off(found: Words, remedy?: Words): Finding {
  return remedy ? { light: 'off', found, remedy } : { light: 'off', found };
}

/** A platform's refusal: its own words, and the advice of its client. */
export function refused({ why, advice }: Extract<Told<unknown>, { ok: false }>): Finding {
  const remedy = advice || '请看服务器日志。 See the log of the server.';
  return bad(say(why, why), say(inLanguage(remedy, 'zh'), inLanguage(remedy, 'en')));
}
