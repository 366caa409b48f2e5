/** Reads what clients of a dialect send as a form or as JSON, into fields without inherited keys. */
import { BodyError, decodeUtf8 } from '#src/lib/body.js';

/** Fields of a form or query by name. */
export type FormFields = Record<string, string>;

/** What a request body is called, without the parameters of its type and in lower case. */
export function typeOf(contentType: string): string {
  return contentType.split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

/** The fields of a query or urlencoded text; the last of repeated names wins. */
export function parseFields(text: string): FormFields {
  return collect(new URLSearchParams(text));
}

/**
 * The text fields of a urlencoded or multipart form; files are left out, and any other body has no fields. Throws BodyError
 * `encoding` for what is no UTF-8 and for a multipart body that is broken.
 */
export async function readFormFields(bytes: Buffer, contentType: string): Promise<FormFields> {
  switch (typeOf(contentType)) {
    case 'application/x-www-form-urlencoded':
      return parseFields(decodeUtf8(bytes).trim());
    case 'multipart/form-data':
      return collect(await readParts(bytes, contentType));
    default:
      return Object.create(null);
  }
}

/** The object that a JSON text stands for; null for any other text. */
export function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

/** Whether it is an object with names, and no list. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

async function readParts(bytes: Buffer, contentType: string): Promise<[string, string][]> {
  const pairs: [string, string][] = [];
  try {
    const form = await new Response(new Uint8Array(bytes), {
      headers: { 'content-type': contentType },
    }).formData();
    form.forEach((value, name) => {
      if (typeof value === 'string') {
        pairs.push([name, value]);
      }
    });
  } catch {
    throw new BodyError('encoding', 'the multipart form is broken');
  }
  return pairs;
}

function collect(pairs: Iterable<[string, string]>): FormFields {
  const fields: FormFields = Object.create(null);
  for (const [name, value] of pairs) {
    fields[name] = value;
  }
  return fields;
}
