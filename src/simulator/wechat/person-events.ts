/** Events about a person that nobody does in the chat: consent taken back, customer-service sessions. */
import type { XmlFields } from '#src/lib/xml.js';
import type { Person } from './people.js';

/** Each event and its own fields, as the platform documents them. */
const EVENTS = {
  user_info_modified: ofConsent,
  user_authorization_revoke: ofConsent,
  user_authorization_cancellation: ofConsent,
  kf_create_session: () => ({ KfAccount: KF }),
  kf_close_session: () => ({ KfAccount: KF, CloseType: 'KF' }),
  kf_switch_session: () => ({ FromKfAccount: KF, ToKfAccount: 'kf2002@sim' }),
} satisfies Record<string, (person: Person, appId: string) => XmlFields>;

const KF = 'kf2001@sim';

/** The names of these events. */
export const PERSON_EVENTS = Object.keys(EVENTS) as (keyof typeof EVENTS)[];

/** The fields of an event of theirs. */
export function fieldsOfEvent(event: keyof typeof EVENTS, person: Person, appId: string): XmlFields {
  return EVENTS[event](person, appId);
}

function ofConsent({ openid }: Person, appId: string): XmlFields {
  return { OpenID: openid, AppID: appId, RevokeInfo: '301', PluginID: '', OpenPID: '' };
}
