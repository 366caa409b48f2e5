/** The calls about message tokens: further keys of the account that can only send. */
import { z } from 'zod';
import type { Core } from '#src/core/index.js';
import type { NamedKey } from '#src/core/keys.js';
import { invalid } from '#src/dialects/pushplus/envelope.js';
import { readSettings, saveSettings } from '#src/dialects/pushplus/settings.js';
import { formatChinaTime, parseChinaTime } from '#src/lib/china-time.js';
import { type Call, DONE } from './call.js';
import { readPage, toPage, toSlice } from './pages.js';
import { integer, parseFields, text } from './read-fields.js';

const creation = z.object({ name: text, expireTime: text.optional() });
const change = creation.extend({ id: integer });
const choice = z.object({ id: integer });
const selection = z.object({ type: integer.optional() });

/** What PushPlus writes for a token that does not end. */
const NEVER = '2999-12-31 00:00:00';
/** More tokens than these no list to choose from holds. */
const MAX_CHOICES = 500;

/** The calls about message tokens. */
export function createTokenCalls(core: Core): Call[] {
  return [
    {
      method: 'POST',
      path: '/token/list',
      run: async ({ personId }, fields) => {
        const page = readPage(fields);
        const { total, items } = await core.keys.listNamedKeys(personId, 'pushplus', toSlice(page));
        return { data: toPage(page, total, items.map(toRow)) };
      },
    },
    {
      method: 'POST',
      path: '/token/add',
      run: async ({ personId }, fields) => {
        const traits = toTraits(parseFields(creation, fields));
        const { key } = await core.keys.createKey(personId, 'pushplus', traits);
        return { data: key, msg: DONE };
      },
    },
    {
      method: 'POST',
      path: '/token/edit',
      run: async ({ personId }, fields) => {
        const { id, ...input } = parseFields(change, fields);
        await core.keys.updateNamedKey(personId, { kind: 'pushplus', id }, toTraits(input));
        return { data: '修改成功' };
      },
    },
    {
      method: 'DELETE',
      path: '/token/deleteToken',
      run: async ({ personId }, fields) => {
        const { id } = parseFields(choice, fields);
        await core.keys.revokeNamedKey(personId, { kind: 'pushplus', id });
        const { defaults } = await readSettings(core, personId);
        if (defaults.some((one) => one.tokenId === id)) {
          await saveSettings(core, personId, { defaults: defaults.filter((one) => one.tokenId !== id) });
        }
        return { data: '删除成功' };
      },
    },
    {
      method: 'GET',
      path: '/token/selectTokenList',
      run: async ({ personId }, fields) => {
        const { type = 0 } = parseFields(selection, fields);
        const page = { skip: 0, take: MAX_CHOICES };
        const { items } = await core.keys.listNamedKeys(personId, 'pushplus', page);
        const { defaults } = await readSettings(core, personId);
        const taken = new Set(type === 1 ? defaults.map((one) => one.tokenId) : []);
        const free = items.filter(({ id }) => !taken.has(id));
        return { data: free.map(({ id, name }) => ({ id, name })) };
      },
    },
  ];
}

function toRow({ id, name, key, expiresAt }: NamedKey) {
  return { id, name, expireTime: expiresAt ? formatChinaTime(expiresAt) : NEVER, token: key };
}

function toTraits({ name, expireTime }: { name: string; expireTime?: string | undefined }) {
  const expiresAt = expireTime === undefined ? null : parseChinaTime(expireTime);
  if (expireTime !== undefined && expiresAt === null) {
    throw invalid('expireTime不正确：格式为 yyyy-MM-dd HH:mm:ss');
  }
  if (name.trim() === '') {
    throw invalid('name不能为空');
  }
  return { name: name.trim(), expiresAt };
}
