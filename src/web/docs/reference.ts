/** Turns the OpenAPI document into what the reference page shows: groups of calls with their fields, errors and examples. */
import { ERRORS, type ErrorCode } from '#src/core/errors.js';
import { type Bilingual, splitBilingual } from './bilingual.js';
import { type ApiDocument, type ApiOperation, schemaOf } from './document.js';
import { writeCurl } from './examples.js';
import { type FieldRow, listFields, toRow } from './fields.js';

/** One call. */
export interface CallView {
  /** Its name, which is the anchor too. */
  name: string;
  method: string;
  path: string;
  words: Bilingual;
  parameters: FieldRow[];
  body: FieldRow[];
  status: string;
  answer: FieldRow[];
  errors: ErrorView[];
  curl: string;
}

/** A way in which a call can be refused. */
export interface ErrorView {
  status: number;
  code: string;
  words: Bilingual;
}

/** Calls that belong together. */
export interface GroupView {
  name: string;
  words: Bilingual;
  calls: CallView[];
}

/** What a developer's endpoint receives. */
export interface EventView {
  type: string;
  words: Bilingual;
  fields: FieldRow[];
}

/** The whole reference. */
export interface ReferenceView {
  url: string;
  groups: GroupView[];
  events: EventView[];
  errors: ErrorView[];
}

/** Draws the reference out of the document. */
export function toReference(document: ApiDocument): ReferenceView {
  const url = document.servers[0]?.url ?? '';
  const calls = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      tag: operation.tags[0] ?? '',
      call: toCall(operation, { url, method, path }),
    })),
  );
  const groups = document.tags.map(({ name, description }) => ({
    name,
    words: splitBilingual(description),
    calls: calls.filter(({ tag }) => tag === name).map(({ call }) => call),
  }));
  const events = Object.entries(document.webhooks).map(([type, { post }]) => ({
    type,
    words: splitBilingual(post.summary),
    fields: listFields(schemaOf(post.requestBody)),
  }));
  const codes = Object.keys(ERRORS).map(toError);
  return { url, groups: groups.filter((group) => group.calls.length > 0), events, errors: codes };
}

function toCall(operation: ApiOperation, place: { url: string; method: string; path: string }): CallView {
  const responses = Object.entries(operation.responses);
  const [status = '', success] = responses.find(([code]) => code.startsWith('2')) ?? [];
  const refusals = responses.filter(([code]) => !code.startsWith('2'));
  return {
    name: operation.operationId,
    method: place.method.toUpperCase(),
    path: place.path,
    words: splitBilingual(operation.summary),
    parameters: operation.parameters.map(({ name, schema, required }) =>
      toRow(name, schema, { depth: 0, required }),
    ),
    body: listFields(schemaOf(operation.requestBody)),
    status,
    answer: listFields(schemaOf(success)),
    errors: refusals.flatMap(([, { description }]) => description.split(', ').map(toError)),
    curl: writeCurl({ ...place, operation }),
  };
}

function toError(code: string): ErrorView {
  const row = isCode(code) ? ERRORS[code] : null;
  return { status: row?.status ?? 0, code, words: { zh: row?.zh ?? '', en: row?.en ?? '' } };
}

function isCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERRORS, code);
}
