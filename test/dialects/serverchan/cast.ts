/** What the tests of the Server酱 dialect share: an open door, a person with both kinds of key, and how they ask. */
import { request } from 'node:http';
import type { MessageExtras } from '#src/core/types.js';
import { createServerchan } from '#src/dialects/serverchan/index.js';
import { type Door, openDoor, type Sent } from '#test/dialects/open-door.js';

/** An answer as it came. */
export interface Got {
  status: number;
  type: string;
  text: string;
  json: unknown;
}

/** A message as it is stored. */
export interface Stored {
  title: string;
  summary: string;
  body: string;
  format: string;
  channels: string[] | null;
  extras: MessageExtras;
}

/** An open door with a person behind it. */
export type Cast = Awaited<ReturnType<typeof openCast>>;

/** Opens the dialect with a person who has a Turbo key (`SCT…`) and a ³ key (`sctp…`). The caller closes the door. */
export async function openCast() {
  const door = await openDoor(createServerchan);
  const owner = await door.person('ming');
  const { key: turbo } = await door.core.keys.createKey(owner.personId, 'sendkey');
  const { key: three } = await door.core.keys.createKey(owner.personId, 'sendkey3');
  const ask = async (path: string, sent: Sent = {}): Promise<Got> => {
    const answer = await door.fetch(path, sent);
    return toGot(answer.status, answer.headers.get('content-type') ?? '', await answer.text());
  };
  return {
    door,
    owner,
    turbo,
    three,
    /** The digits in the Turbo key. */
    account: /^SCT(\d+)T/.exec(turbo)?.[1] ?? '',
    ask,
    /** POSTs a form to an address. */
    form: (path: string, fields: Record<string, string>): Promise<Got> =>
      ask(path, { body: new URLSearchParams(fields).toString(), type: 'application/x-www-form-urlencoded' }),
    /** What was stored, oldest first. */
    stored: () => readStored(door),
  };
}

async function readStored({ db }: Door): Promise<Stored[]> {
  const rows = await db.message.findMany({ orderBy: { id: 'asc' } });
  return rows.map(({ title, summary, body, format, channels, extras }) => ({
    title,
    summary,
    body,
    format,
    channels: channels === null ? null : (JSON.parse(channels) as string[]),
    extras: JSON.parse(extras ?? '{}') as MessageExtras,
  }));
}

/** Asks with a host name of one's own, which fetch does not allow. */
export function askAs(host: string, url: string, body: string): Promise<Got> {
  return new Promise((resolve, reject) => {
    const headers = { host, 'content-type': 'application/x-www-form-urlencoded' };
    const asked = request(url, { method: 'POST', headers }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.on('end', () => {
        const text = Buffer.concat(parts).toString();
        resolve(toGot(answer.statusCode ?? 0, answer.headers['content-type'] ?? '', text));
      });
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

function toGot(status: number, type: string, text: string): Got {
  return { status, type, text, json: /json/.test(type) && text !== '' ? JSON.parse(text) : undefined };
}

/** The body of a refusal, key by key in Server酱's order. */
export function refusal(kind: 'AUTH' | 'INPUT', info: string): string {
  const [code, scode] = kind === 'AUTH' ? [40001, 461] : [20001, 460];
  return JSON.stringify({ message: `[${kind}]${info}`, code, info, args: [null], scode });
}
