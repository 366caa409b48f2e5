/** The calls about the mail address and the phone number that a person has verified. */
import { z } from 'zod';
import { CONTACT_KINDS } from '#src/core/contacts.js';
import type { Core } from '#src/core/index.js';
import { getOwnPerson } from './access.js';
import { declareRoute, type Route } from './route.js';
import { moment } from './schema.js';

const userParams = z.object({ uid: z.string().min(1).max(64) });
const contactParams = z.object({ ...userParams.shape, kind: z.enum(CONTACT_KINDS) });

const contactsView = z.object({
  email: z.string().nullable().describe('已验证的邮箱 The verified mail address'),
  phone: z.string().nullable().describe('已验证的手机号 The verified phone number'),
});

/** Declares the calls about contacts. */
export function declareContactRoutes(core: Core): Route[] {
  return [getContacts(core), beginContact(core), confirmContact(core), deleteContact(core)];
}

function getContacts(core: Core): Route {
  return declareRoute({
    name: 'getContacts',
    method: 'get',
    path: '/users/{uid}/contacts',
    tag: 'contacts',
    summary: '已验证的邮箱和手机 The verified mail address and phone',
    status: 200,
    params: userParams,
    answer: contactsView,
    async run({ manager, params }) {
      const { personId } = await getOwnPerson(core, manager, params.uid);
      return core.contacts.find(personId);
    },
  });
}

function beginContact(core: Core): Route {
  return declareRoute({
    name: 'beginContact',
    method: 'post',
    path: '/users/{uid}/contacts/{kind}',
    tag: 'contacts',
    summary:
      '给邮箱或手机发一个验证码，10 分钟内有效；条数有限额 Send a code that works for ten minutes; limits count how many',
    status: 202,
    params: contactParams,
    body: z.object({
      address: z
        .string()
        .meta({ maxLength: 320 })
        .describe('邮箱或中国大陆手机号 A mail address or a mainland number'),
    }),
    answer: z.object({ expiresAt: moment }),
    errors: ['bad_field', 'not_served', 'limit_reached', 'code_not_sent'],
    async run({ manager, params, body }) {
      const { personId } = await getOwnPerson(core, manager, params.uid);
      return core.contacts.begin(personId, params.kind, body.address);
    },
  });
}

function confirmContact(core: Core): Route {
  return declareRoute({
    name: 'confirmContact',
    method: 'post',
    path: '/users/{uid}/contacts/{kind}/confirm',
    tag: 'contacts',
    summary: '交回验证码；错 5 次作废 Hand the code back; five wrong tries end it',
    status: 200,
    params: contactParams,
    body: z.object({ code: z.string().meta({ maxLength: 6 }) }),
    answer: contactsView,
    errors: ['bad_field', 'expired'],
    async run({ manager, params, body }) {
      const { personId } = await getOwnPerson(core, manager, params.uid);
      return core.contacts.confirm(personId, params.kind, body.code);
    },
  });
}

function deleteContact(core: Core): Route {
  return declareRoute({
    name: 'deleteContact',
    method: 'delete',
    path: '/users/{uid}/contacts/{kind}',
    tag: 'contacts',
    summary: '解除绑定 Forget a contact',
    status: 204,
    params: contactParams,
    async run({ manager, params }) {
      const { personId } = await getOwnPerson(core, manager, params.uid);
      await core.contacts.remove(personId, params.kind);
    },
  });
}
