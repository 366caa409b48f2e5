/** What a part of the console is: its entries in the navigation and its pages. */
import type { Manager } from '#src/core/accounts.js';
import type { PageAction } from '#src/core/audit.js';
import { AppError } from '#src/core/errors.js';
import type { Core } from '#src/core/index.js';
import type { MessageContent, MessageTemplates } from '#src/core/types.js';
import type { Desk, Visit } from '#src/web/session/desk.js';
import type { SelfCheckOutside } from './self-check/outside.js';

/** What the console's pages are made with. A page that needs more of the outside adds a field here, set in wiring.ts. */
export interface ConsoleDeps {
  core: Core;
  publicUrl: string;
  /** A simulator plays WeChat: pages may show its phone. */
  sandbox: boolean;
  /** How a message would look as a card of the server's own WeChat account. */
  previewCard(message: MessageContent): Promise<CardPreview>;
  /** What draws a content that is data. */
  templates: MessageTemplates;
  /** What the self-check asks of the outside. */
  selfCheck: SelfCheckOutside;
  /** Ends the rest of a queue early. */
  resumeQueue(queue: string): Promise<void>;
}

/** A card as a phone would show it. Null in place of lines: the account has no template to show it by. */
export interface CardPreview {
  /** The template's name; empty where it is not known. */
  title: string;
  lines: readonly CardLine[] | null;
}

/** A line of it. */
export interface CardLine {
  keyword: string;
  label: string;
  value: string;
  /** The text of which the value is made. */
  whole: string;
  /** The value says less than the text, or something else. */
  isCut: boolean;
  /** What fits there, in words. */
  rule: { zh: string; en: string };
}

/** What a request to the console brings, beside what every desk gives. */
export interface ConsolePass {
  /** Who manages: hand it to the same checks as the management API (`web/api/access.ts`). */
  manager: Manager & { accountId: number; personId: number };
  /** Writes a line of the audit log; call it in every handler that changed something. No secrets in it. */
  audit(action: PageAction, target?: string, detail?: string): Promise<void>;
}

/** A request to a page of the console. */
export type ConsoleVisit<Key extends string = never> = Visit<Key> & ConsolePass;

/** The console's desk. */
export type ConsoleDesk = Desk<ConsolePass>;

/** An entry of the side navigation. */
export interface MenuEntry {
  path: string;
  label: readonly [zh: string, en: string];
  /** The part of the navigation where it stands. */
  group: 'work' | 'operator' | 'self';
}

/** A part of the console. Entries of the group `operator` are shown to operators only; their pages call `requireOperator`. */
export interface ConsoleModule {
  menu?: readonly MenuEntry[];
  mount(desk: ConsoleDesk, deps: ConsoleDeps): void;
}

/** Throws forbidden unless an operator asks. */
export function requireOperator(visit: Pick<ConsolePass, 'manager'>): void {
  if (visit.manager.role !== 'operator') {
    throw new AppError('forbidden');
  }
}
