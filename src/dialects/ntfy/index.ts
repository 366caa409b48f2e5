/** The ntfy dialect: programs that publish to an ntfy server push to a person here, whose key is the topic. */
import Router from '@koa/router';
import type { Context } from 'koa';
import type { Core } from '#src/core/index.js';
import type { KeyOwner } from '#src/core/keys.js';
import { asWrongKey, judgeKey } from '#src/core/wrong-keys.js';
import type { Dialect } from '#src/dialects/dialect.js';
import { publishToPeople } from '#src/dialects/person-push.js';
import { parseObject } from '#src/dialects/read-form.js';
import { tellRetryLater } from '#src/dialects/retry-later.js';
import { BodyError, readText } from '#src/lib/body.js';
import { randomText } from '#src/lib/ids.js';
import { toDraft } from './draft.js';
import { type ErrorBody, NtfyRefusal, toErrorAnswer, toErrorBody } from './errors.js';
import { type Reading, readMessage, readSequence, type Source } from './message.js';
import { readOptions, toOptions } from './options.js';
import { MAX_BODY_BYTES, readRaw } from './read-raw.js';
import { changeSequence, publishInSequence, type SequenceEvent, toNtfyId } from './sequences.js';

const TOPIC = /^[-_A-Za-z0-9]{1,64}$/;
/** Our topics have this form, and no other door's path at the root begins with such a part. */
const OUR_TOPIC = /^qn[a-z0-9]{22}$/;
const RESERVED = ['docs', 'static', 'file', 'app', 'metrics', 'account', 'settings', 'signup', 'login', 'v1'];
/** What nobody but a caller of ntfy says in JSON. */
const FIELDS = ['message', 'topic', 'tags', 'priority', 'click', 'actions', 'attach', 'delay'];
const NO_TOPIC = 'no such topic: topics are given out here 没有这个主题，请用本站发出的';
const VERBS = ['publish', 'send', 'trigger'];
/** A sequence is marked as read by either. */
const READ_WORDS = ['clear', 'read'];
/** How long ntfy keeps a message for its subscribers, in seconds. */
const CACHE_S = 12 * 3600;
/** Of the id of an event that is no message. */
const ID_LENGTH = 12;
/** The release of ntfy whose calls and answers these are. Callers look here for whether sequences are known. */
const VERSION = { version: '2.23.0', commit: 'qingniao', date: '2026-10-14T00:00:00Z' };

/** Makes the dialect. */
export function createNtfy(core: Core): Dialect {
  const router = new Router();
  router.all('/', async (ctx, next) => {
    if (ctx.method === 'OPTIONS') {
      return refuse(ctx, toErrorBody(40401));
    }
    const isWrite = ctx.method === 'POST' || ctx.method === 'PUT';
    if (!isWrite || !(await publishJson(core, ctx))) {
      return next();
    }
  });
  router.get('/v1/health', (ctx) => {
    ctx.body = { healthy: true };
  });
  router.get('/v1/version', (ctx) => {
    ctx.body = VERSION;
  });
  router.all('/:ntfyTopic{/:ntfyPart}{/:ntfyAct}', async (ctx, next) => {
    const { ntfyTopic = '' } = ctx.params;
    if (!OUR_TOPIC.test(ntfyTopic) && !ctx.state.isPrefixed) {
      return next();
    }
    const request = toRequest(ctx);
    if (request === null) {
      return refuse(ctx, toErrorBody(40401));
    }
    const { topic, sequence, event } = request;
    await (event
      ? change(core, ctx, { topic, sequence, event })
      : answer(core, ctx, { topic, read: () => readRaw(ctx, sequence) }));
  });
  return {
    name: 'ntfy',
    routes: ROUTES,
    router,
    traits: {
      features: ['title', 'markdown', 'link', 'urgent', 'schedule', 'takedown'],
      passesTo: ['ntfy'],
    },
    answerUnknown: (ctx) => refuse(ctx, toErrorBody(40401)),
    answerStranger: (ctx, { key, names, isJson }) => {
      const isMeant = !isJson || FIELDS.some((field) => names?.has(field));
      if (isMeant && TOPIC.test(key)) {
        refuse(ctx, RESERVED.includes(key) ? toErrorBody(40010) : toErrorBody(40301, NO_TOPIC));
        return true;
      }
      return false;
    },
  };
}

const ROUTES = [
  { method: 'POST', path: '/:ntfyTopic' },
  { method: 'PUT', path: '/:ntfyTopic' },
  ...VERBS.map((verb) => ({ method: 'GET', path: `/:ntfyTopic/${verb}` })),
  { method: 'POST', path: '/:ntfyTopic/:sequence' },
  { method: 'PUT', path: '/:ntfyTopic/:sequence' },
  { method: 'DELETE', path: '/:ntfyTopic/:sequence' },
  ...READ_WORDS.map((word) => ({ method: 'PUT', path: `/:ntfyTopic/:sequence/${word}` })),
  { method: 'POST', path: '/' },
  { method: 'PUT', path: '/' },
  { method: 'GET', path: '/v1/health' },
  { method: 'GET', path: '/v1/version' },
];

interface Asked {
  topic: string;
  /** Empty where the path names none. */
  sequence: string;
  /** What is done to the sequence; null for publishing. */
  event: SequenceEvent | null;
}

/** What a request for a topic asks; null for what publishes nothing. */
function toRequest(ctx: Context): Asked | null {
  const { ntfyTopic: topic = '', ntfyPart: part = '', ntfyAct: act } = ctx.params;
  const isWrite = ctx.method === 'POST' || ctx.method === 'PUT';
  // Who posts to a verb means to publish, and no sequence of that name, whose messages would replace each other.
  const isVerb = VERBS.includes(part);
  const asked = (event: SequenceEvent | null): Asked => ({ topic, sequence: isVerb ? '' : part, event });
  if (!TOPIC.test(topic)) {
    return null;
  }
  if (act !== undefined) {
    return ctx.method === 'PUT' && READ_WORDS.includes(act) ? asked('message_clear') : null;
  }
  if (ctx.method === 'DELETE') {
    return part === '' ? null : asked('message_delete');
  }
  return isWrite || (ctx.method === 'GET' && isVerb) ? asked(null) : null;
}

/** Answers a JSON message with its topic; false at the root, where what names no topic is not meant for us. */
async function publishJson(core: Core, ctx: Context): Promise<boolean> {
  const read = await readJson(ctx).catch((error: unknown) => ({ error }));
  const topic = 'error' in read || typeof read.body.topic !== 'string' ? '' : read.body.topic;
  if (topic === '' && !ctx.state.isPrefixed) {
    return false;
  }
  await answer(core, ctx, {
    topic,
    read: async () => {
      if ('error' in read) {
        throw read.error;
      }
      // ntfy makes headers of the fields: what JSON leaves open, headers and query may say.
      return { options: { ...readOptions(ctx), ...toOptions(read.body) }, text: '', isMarkdown: false };
    },
  });
  return true;
}

async function readJson(ctx: Context): Promise<{ body: Record<string, unknown> }> {
  try {
    const body = parseObject(await readText(ctx.req, { limitBytes: MAX_BODY_BYTES }));
    if (body) {
      return { body };
    }
  } catch (error) {
    if (error instanceof BodyError && error.reason === 'too_large') {
      throw new NtfyRefusal(41303);
    }
  }
  throw new NtfyRefusal(40017);
}

interface Publish {
  topic: string;
  read(): Promise<Omit<Source, 'nowMs'>>;
}

async function answer(core: Core, ctx: Context, { topic, read }: Publish): Promise<void> {
  try {
    const nowMs = core.clock.now();
    const source = await read();
    checkTopic(topic);
    const reading = readMessage({ ...source, nowMs });
    const owner = await getOwner(core, topic);
    const draft = toDraft(reading);
    const name = reading.message.sequence_id;
    const { messageId } = await (name === undefined
      ? publishToPeople(core, [owner], draft)
      : publishInSequence(core, owner, { draft, name, log: ctx.state.log }));
    ctx.body = toAnswer(reading, { topic, messageId, nowMs });
  } catch (thrown) {
    const error = await judgeKey(ctx, thrown);
    refuse(ctx, toErrorAnswer(error, ctx.state.log));
    tellRetryLater(ctx, error);
  }
}

/** Answers what is done to a sequence, known or not, with the event that an ntfy server sends its subscribers. */
async function change(
  core: Core,
  ctx: Context,
  { topic, sequence, event }: { topic: string; sequence: string; event: SequenceEvent },
): Promise<void> {
  try {
    checkTopic(topic);
    const name = readSequence(sequence);
    await changeSequence(core, await getOwner(core, topic), { name, event });
    const time = Math.floor(core.clock.now() / 1000);
    ctx.body = { id: randomText(ID_LENGTH), sequence_id: name, time, expires: time + CACHE_S, event, topic };
  } catch (thrown) {
    const error = await judgeKey(ctx, thrown);
    refuse(ctx, toErrorAnswer(error, ctx.state.log));
    tellRetryLater(ctx, error);
  }
}

async function getOwner(core: Core, topic: string): Promise<KeyOwner> {
  const owner = OUR_TOPIC.test(topic) ? await core.keys.findOwner('ntfy', topic) : null;
  if (!owner) {
    throw asWrongKey(new NtfyRefusal(40301, NO_TOPIC));
  }
  return owner;
}

function checkTopic(topic: string): void {
  if (!TOPIC.test(topic)) {
    throw new NtfyRefusal(40009);
  }
  if (RESERVED.includes(topic)) {
    throw new NtfyRefusal(40010);
  }
}

function toAnswer(
  { message, sendAt, isCached }: Reading,
  { topic, messageId, nowMs }: { topic: string; messageId: number; nowMs: number },
) {
  const time = Math.floor((sendAt?.getTime() ?? nowMs) / 1000);
  return {
    id: toNtfyId(messageId),
    time,
    ...(isCached ? { expires: time + CACHE_S } : {}),
    event: 'message',
    topic,
    ...message,
  };
}

function refuse(ctx: Context, body: ErrorBody): void {
  ctx.status = body.http;
  ctx.body = body;
}
