/** Who may reach what: the operator everything, a developer the own apps and the own self; the rest does not exist. */
import type { Manager } from '#src/core/accounts.js';
import type { App } from '#src/core/apps.js';
import { notFound } from '#src/core/errors.js';
import type { Core } from '#src/core/index.js';
import type { MessageHead } from '#src/core/messages.js';

/** The app with this number, if this caller manages it; throws not_found. */
export async function getOwnApp(core: Core, manager: Manager, id: number): Promise<App> {
  const app = await core.apps.getApp(id);
  if (manager.role === 'developer' && app.accountId !== manager.accountId) {
    throw notFound('应用 App');
  }
  return app;
}

/** The person with this UID, if this caller manages them; throws not_found. */
export async function getOwnPerson(core: Core, manager: Manager, uid: string) {
  const person = await core.people.getByUid(uid);
  if (manager.role === 'developer' && person.personId !== manager.personId) {
    throw notFound('用户 User');
  }
  return person;
}

/** The message with this number, if an app of this caller or the caller sent it; throws not_found. */
export async function getOwnMessage(core: Core, manager: Manager, id: number): Promise<MessageHead> {
  const message = await core.messages.getMessage(id);
  if (manager.role === 'operator') {
    return message;
  }
  const app = message.appId === null ? null : await core.apps.findApp(message.appId);
  const isOwn = app ? app.accountId === manager.accountId : message.senderId === manager.personId;
  if (!isOwn) {
    throw notFound('消息 Message');
  }
  return message;
}

/** The numbers of the apps whose records this caller may see; null means all. */
export async function listOwnAppIds(core: Core, manager: Manager): Promise<number[] | null> {
  return manager.role === 'operator' ? null : core.apps.listAppIds(manager.accountId);
}
