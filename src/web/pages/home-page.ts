/** The start page: what this is, what state the server is in, and how to use it. */
import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import type { Overview } from '#src/core/overview.js';
import type { View } from '#src/lib/view.js';
import { formatChinaTime } from './china-time.js';
import { HOME_WORDS } from './home-words.js';
import { layOutHours } from './hours-figure.js';
import { createPageOpener } from './page.js';

/** How the account is: its token, or what keeps all of it from sending. */
export type WechatLight = 'valid' | 'none' | 'failing' | 'quota' | 'template' | 'resting';

/** The codes of a refused credential or address, and those of a template that is gone or was never chosen. */
const CREDENTIAL_CODES = new Set([
  '40001',
  '40013',
  '40014',
  '40125',
  '40164',
  '40243',
  '41002',
  '41004',
  '42001',
]);
const CREDENTIAL_CODES_OF_IP = new Set(['61004', '89503', '89506', '89507']);
const TEMPLATE_CODES = new Set(['40037', 'no_template']);
const QUOTA_CODES = new Set(['45009', '45011']);

/** What a rest of the whole account is called, by the platform's code that ordered it. */
export function toRestLight(code: string): WechatLight {
  if (CREDENTIAL_CODES.has(code) || CREDENTIAL_CODES_OF_IP.has(code)) {
    return 'failing';
  }
  if (TEMPLATE_CODES.has(code)) {
    return 'template';
  }
  return QUOTA_CODES.has(code) ? 'quota' : 'resting';
}

/** The state of the server, for those who may know it. */
export interface HomeState {
  /** A simulator plays WeChat. */
  sandbox: boolean;
  wechat: { appId: string; token: WechatLight; advice?: string };
  database: 'sqlite' | 'postgresql';
  queue: { due: number; oldestDueSeconds: number };
  counts: Overview['counts'];
  /** Deliveries of each of the last 24 hours, oldest first. */
  perHour?: number[];
  version: string;
  startedAt: Date;
}

/** What the start page needs. */
export interface HomePageNeeds {
  /** A simulator plays WeChat. */
  sandbox: boolean;
  /** Which pages strangers may use. */
  openPages: { demo: boolean; notify: boolean };
  publicUrl: string;
  /** The state for whoever may see it; null for strangers, who learn what this is and no more. */
  describeState(ctx: Context): Promise<HomeState | null>;
  view: View;
}

/** Serves GET /. */
export function createHomePage(needs: HomePageNeeds): Middleware {
  const openPage = createPageOpener(needs.view, HOME_WORDS);
  const router = new Router();
  router.get('/', async (ctx) => {
    const page = openPage(ctx as Context);
    const state = await needs.describeState(ctx as Context);
    const hours = state?.perHour ?? [];
    const figure = hours.some((count) => count > 0) ? layOutHours(hours) : null;
    page.show({
      template: 'home',
      title: page.t('siteLine'),
      values: {
        state,
        sandbox: needs.sandbox,
        openPages: needs.openPages,
        figure,
        queueAge: writeAge(state?.queue.oldestDueSeconds ?? 0),
        number: (count: number) => count.toLocaleString('en-US'),
        startedAt: state ? formatChinaTime(state.startedAt) : '',
        databaseName: state?.database === 'sqlite' ? 'SQLite' : 'PostgreSQL',
        examples: writeExamples(needs.publicUrl.replace(/\/+$/, ''), page.t),
      },
    });
  });
  return router.routes() as Middleware;
}

function writeAge(seconds: number): string {
  if (seconds < 60) {
    return `${Math.round(seconds)} s`;
  }
  return seconds < 3600 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 360) / 10} h`;
}

/** Commands that can be pasted into a shell after their variables were set. */
function writeExamples(
  publicUrl: string,
  t: (key: 'sampleApp' | 'sampleSummary' | 'sampleText') => string,
): { makeApp: string; push: string; callback: string } {
  const json = "-H 'Content-Type: application/json'";
  return {
    makeApp: `curl -X POST ${publicUrl}/api/v1/apps \\
  -H "Authorization: Bearer $ADMIN_TOKEN" \\
  ${json} \\
  -d '{
    "name": "${t('sampleApp')}",
    "callbackUrl": "https://example.com/callback"
  }'`,
    push: `APP_TOKEN=AT_xxx
USER_UID=UID_xxx
curl -X POST ${publicUrl}/api/send/message \\
  ${json} \\
  -d '{
    "appToken": "'$APP_TOKEN'",
    "uids": ["'$USER_UID'"],
    "summary": "${t('sampleSummary')}",
    "content": "${t('sampleText')}"
  }'`,
    callback: `{
  "action": "send_up_cmd",
  "data": {
    "uid": "UID_xxx", "appId": 97, "appName": "${t('sampleApp')}",
    "time": 1759120000000, "content": "restart"
  }
}`,
  };
}
