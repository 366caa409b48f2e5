/** A place that people follow, an app or one of its topics: who may see it, and the frame of its pages. */
import { z } from 'zod';
import type { App } from '#src/core/apps.js';
import type { Core } from '#src/core/index.js';
import type { Topic } from '#src/core/topics.js';
import { stripControls } from '#src/lib/text.js';
import { getOwnApp } from '#src/web/api/access.js';
import type { ConsoleVisit } from '#src/web/console/module.js';
import type { Sheet } from '#src/web/session/frame.js';
import { toLocalPath } from '#src/web/session/next-path.js';
import type { PLACE_WORDS } from './place-words.js';

/** Where the pages of apps begin. */
export const APPS_PATH = '/console/apps';

/** The paths of apps and of topics, for pages that both have. */
export const PLACE_PATHS = [`${APPS_PATH}/:id`, `${APPS_PATH}/:id/topics/:topicId`] as const;

/** A request to a page of a place. */
export type PlaceVisit = ConsoleVisit<keyof typeof PLACE_WORDS>;

/** An app, or one of its topics. */
export interface Place {
  app: App;
  topic: Topic | null;
  appId: number;
  /** 0 for the app itself. */
  topicId: number;
  name: string;
  /** Where its pages are. */
  path: string;
  /** Its name in the audit log. */
  mark: string;
}

/** The pages of a place. */
export type Tab = 'Overview' | 'Token' | 'Callback' | 'CallbackLog' | 'Subscribers' | 'Codes' | 'Topics';

const TAB_PATHS: Readonly<Record<Tab, string>> = {
  Overview: '',
  Token: '/token',
  Callback: '/callback',
  CallbackLog: '/callbacks',
  Subscribers: '/subscribers',
  Codes: '/codes',
  Topics: '/topics',
};
const APP_TABS: readonly Tab[] = [
  'Overview',
  'Token',
  'Callback',
  'CallbackLog',
  'Subscribers',
  'Codes',
  'Topics',
];
const TOPIC_TABS: readonly Tab[] = ['Overview', 'Subscribers', 'Codes'];

/** The app, or topic, that a request's path names, if this person manages it; throws not_found. */
export async function openPlace(
  core: Core,
  visit: Pick<PlaceVisit, 'manager' | 'idParam' | 'param'>,
): Promise<Place> {
  const app = await getOwnApp(core, visit.manager, visit.idParam('id'));
  if (visit.param('topicId') === '') {
    const path = `${APPS_PATH}/${app.id}`;
    return { app, topic: null, appId: app.id, topicId: 0, name: app.name, path, mark: `app ${app.id}` };
  }
  const topic = await core.topics.getTopic(app.id, visit.idParam('topicId'));
  const path = `${APPS_PATH}/${app.id}/topics/${topic.id}`;
  return { app, topic, appId: app.id, topicId: topic.id, name: topic.name, path, mark: `topic ${topic.id}` };
}

/** Shows a page of a place, under its name plate and tabs. */
export function showPlace(visit: PlaceVisit, place: Place, tab: Tab, sheet: Omit<Sheet, 'title'>): void {
  const tabs = (place.topic ? TOPIC_TABS : APP_TABS).map((name) => ({
    path: `${place.path}${TAB_PATHS[name]}`,
    label: visit.t(`tab${name}`),
    isCurrent: name === tab,
  }));
  visit.show({
    ...sheet,
    title: `${visit.t(`tab${tab}`)} · ${place.name}`,
    values: { styles: ['apps.css'], place, tabs, ...sheet.values },
  });
}

/** Subscribers are counted up to here: what lies beyond costs nothing. */
export const COUNTED = 10_000;

/** A number of subscribers that was counted up to COUNTED, in words. */
export function writeCount({ t }: Pick<PlaceVisit, 't'>, count: number): string {
  return count < COUNTED
    ? count.toLocaleString('en-US')
    : t('atLeast', { count: COUNTED.toLocaleString('en-US') });
}

/** The page of a list from which a form was sent, or the list itself: only below the place. */
export function backTo(visit: PlaceVisit, place: Place, tab: Tab): string {
  const home = `${place.path}${TAB_PATHS[tab]}`;
  const asked = toLocalPath(visit.form.values.back, home);
  return asked.startsWith(`${home}?`) ? asked : home;
}

/** The neighbours of a part of a list that is not counted: `rows` holds one more than are shown. */
export function toSteps(page: number, isMore: boolean): { newer: number | null; older: number | null } {
  return { newer: page > 1 ? page - 1 : null, older: isMore ? page + 1 : null };
}

/** A line or text of a form without control characters. */
export function cleanField(max: number, min = 0) {
  return z
    .string()
    .default('')
    .transform((text) => stripControls(text).trim())
    .pipe(z.string().min(min).max(max));
}

/** An address of the public pages of a place. */
export function toSubscribeUrl(core: Core, place: Place): string {
  return `${core.publicUrl}/s/${place.topic?.code ?? place.app.subscribeCode}`;
}
