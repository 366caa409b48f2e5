/** Gathers what the server knows of one person. */
import type { Core } from '#src/core/index.js';
import { takeCodePoints } from '#src/lib/text.js';
import { nameBrowser } from '#src/lib/user-agent.js';

const RELATIONS = 50;
const LATEST = 10;
const PREVIEW = 60;
const SLICE = { skip: 0, take: LATEST };

/** Everything of a person's page; secrets are masked where they are read. */
export async function readPersonPage(core: Core, personId: number) {
  const sessions = await core.sessions.listSessions(personId);
  const [identities, relations, channels, keys, contacts, points, entries, plans, received, sent, account] =
    await Promise.all([
      core.peopleLists.listIdentities(personId),
      core.peopleLists.listRelations(personId, RELATIONS + 1),
      core.channels.listChannels(personId),
      core.keys.listKeys(personId),
      core.contacts.find(personId),
      core.points.balanceOf(personId),
      core.points.history(personId, SLICE),
      core.dialectPlans.getOwn(personId),
      core.receivedMessages.listMine(personId, { search: '', take: LATEST }),
      core.peopleLists.listSentBy(personId, LATEST),
      core.accountLists.findAccount(personId),
    ]);
  return {
    identities,
    relations: relations.slice(0, RELATIONS),
    hasMoreRelations: relations.length > RELATIONS,
    mostRelations: RELATIONS,
    channels: channels.map((channel) => ({ ...channel, settings: sayConfig(channel.config) })),
    keys: keys.toReversed(),
    sessions: sessions.map((row) => ({ ...row, browser: nameBrowser(row.userAgent) })),
    contacts: { email: maskMail(contacts.email), phone: maskPhone(contacts.phone) },
    points,
    entries: entries.items,
    plans,
    received: received.items,
    sent: sent.map((row) => ({
      ...row,
      head: takeCodePoints(row.title || row.summary || row.body, PREVIEW, '…'),
    })),
    account,
    latest: LATEST,
  };
}

/** Settings in one line; secret ones are masked already. Long values are addresses, whose beginning tells enough. */
function sayConfig(config: Readonly<Record<string, string>>): string {
  return Object.entries(config)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}: ${takeCodePoints(value, PREVIEW, '…')}`)
    .join(', ');
}

/** `m…g@example.com`. */
function maskMail(address: string | null): string | null {
  const [, first = '', last = '', domain = ''] = /^(.)(?:.*(.))?(@.*)$/su.exec(address ?? '') ?? [];
  return address === null ? null : `${first}…${last}${domain}`;
}

/** `138****5678`. */
function maskPhone(phone: string | null): string | null {
  return phone === null ? null : `${phone.slice(0, -8)}****${phone.slice(-4)}`;
}
