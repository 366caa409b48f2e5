/** What the self-check asks of the outside; wiring hands it in, since pages know no platform. */
import type { TemplateChoice } from '#src/core/template-choice.js';
import type { CardLine } from '#src/web/console/module.js';

/** An answer, or why there is none. */
export type Told<T> =
  | { ok: true; value: T }
  | {
      ok: false;
      /** The platform's error code; null for failures of the way there. */
      code: number | null;
      /** What happened, for experts. */
      why: string;
      /** What to do, in Chinese, where the platform's client knows it. */
      advice: string;
    };

/** A template of the account. */
export interface AccountTemplate {
  id: string;
  title: string;
  /** With `{{keyword.DATA}}` places. */
  content: string;
}

/** The template in use, and where the choice comes from. */
export interface TemplateInUse {
  /** Null: the account has none that fits. */
  choice: TemplateChoice | null;
  source: 'settings' | 'page' | 'account';
}

/** What WeChat's platform is asked. */
export interface WechatOutside {
  appId: string;
  checkSecret(): Promise<Told<void>>;
  checkCallback(): Promise<
    Told<{ dns: { ip: string }[]; ping: { ip: string; packageLoss: string; time: string }[] }>
  >;
  listTemplates(): Promise<Told<AccountTemplate[]>>;
  /** The names of the menu's buttons; null for no menu. */
  readMenu(): Promise<Told<string[] | null>>;
  createMenu(): Promise<Told<void>>;
  /** The day's quota of template messages. */
  readQuota(): Promise<Told<{ dailyLimit: number; remaining: number }>>;
  readTime(): Promise<Told<Date | null>>;
}

/** Everything that the self-check asks. */
export interface SelfCheckOutside {
  wechat: WechatOutside;
  template: {
    /** Pure: which of these templates is used, given what is chosen. */
    findInUse(templates: readonly AccountTemplate[], chosen: TemplateChoice | null): TemplateInUse;
    /** What fills the keywords that a phone shows. */
    advise(content: string): TemplateChoice['fields'];
    /** The keywords of a template's text, each once; WeChat hides some. */
    readPlaces(content: string): readonly { keyword: string; isHidden: boolean }[];
    preview(choice: TemplateChoice, content: string): readonly CardLine[];
  };
  /** Asks our own server URL as WeChat does on saving it: true when it answers right. */
  knockAtDoor(): Promise<Told<boolean>>;
  /** Opens our own public address: the HTTP status. */
  openPublicUrl(): Promise<Told<number>>;
  /** What is wrong with database and secret key, the best news first; without the backups, whose look takes long. */
  checkData(): Promise<readonly { light: 'good' | 'warn' | 'bad'; zh: string; en: string }[]>;
  /** Null where the database is no file of ours. */
  measureDatabase(): Promise<{ path: string; sizeBytes: number; freeBytes: number } | null>;
  /** Null: there is no mailer. */
  verifyMailer: (() => Promise<Told<void>>) | null;
  /** Null: there is no SMS account. */
  sms: { signName: string; templateCode: string; codeTemplate: string | null } | null;
  /** The name of the WeCom app; null: there is none. */
  checkWecom: (() => Promise<Told<string>>) | null;
  version: string;
  startedAt: Date;
}
