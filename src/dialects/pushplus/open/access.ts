/** Getting an access key, by which a program manages an account for two hours. */
import type { Context } from 'koa';
import { z } from 'zod';
import { AppError } from '#src/core/errors.js';
import type { Core } from '#src/core/index.js';
import { ACCESS_LIFE_MS } from '#src/core/open-access.js';
import { asWrongKey } from '#src/core/wrong-keys.js';
import { CODES, Refusal, wrongToken } from '#src/dialects/pushplus/envelope.js';
import type { Caller, Reply } from './call.js';
import { parseFields, readFields, text } from './read-fields.js';

const askSchema = z.object({ token: text, secretKey: text });

/** Answers the call for an access key. Throws Refusal: a wrong token, a wrong secret, an address that may not ask. */
export async function getAccessKey(core: Core, ctx: Context): Promise<Reply> {
  const { token, secretKey } = parseFields(askSchema, await readFields(ctx));
  const owner = await core.keys.findOwner('pushplus', token.trim());
  if (!owner) {
    throw asWrongKey(wrongToken());
  }
  if (owner.name !== '') {
    throw new Refusal(CODES.wrongToken, '不支持使用消息token，请使用用户token');
  }
  try {
    const asked = { secret: secretKey.trim(), ip: ctx.ip };
    const accessKey = await core.openAccess.openSession(owner.personId, asked);
    return { data: { accessKey, expiresIn: ACCESS_LIFE_MS / 1000 } };
  } catch (error) {
    throw error instanceof AppError ? toRefusal(error) : error;
  }
}

/** The person whose access key the request carries. Throws a Refusal without one. */
export async function findCaller(core: Core, ctx: Context): Promise<Caller> {
  const accessKey = ctx.get('access-key').trim();
  const owner = accessKey === '' ? null : await core.openAccess.findOwner(accessKey);
  if (!owner) {
    const refusal = new Refusal(CODES.unauthorized, '请求未授权，AccessKey无效或已过期');
    throw asWrongKey(refusal, accessKey === '' ? 0 : 1);
  }
  return { personId: owner.personId, uid: owner.uid };
}

function toRefusal(error: AppError): Refusal | AppError {
  switch (error.code) {
    case 'forbidden':
      return new Refusal(CODES.forbidden, '请求的IP不在安全IP列表内');
    case 'unauthorized':
      return asWrongKey(new Refusal(CODES.unauthorized, 'secretKey不正确'));
    default:
      return error;
  }
}
