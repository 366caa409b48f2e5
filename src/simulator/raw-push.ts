/** Pushes that a test or a developer wrote: any body, signed and sealed by the platform, once and without tries. */
import { buildXml } from '#src/lib/xml.js';
import type { Wire } from './push-exchange.js';

/** What the server said to it. */
export interface RawAnswer {
  /** The HTTP status; 0 where there was no answer. */
  status: number;
  body: string;
  tookMs: number;
  /** Why there was no answer. */
  problem?: string;
}

/** Measures an exchange. Never rejects. */
export async function answerRaw(send: () => Promise<{ status: number; text: string }>): Promise<RawAnswer> {
  const startedAt = performance.now();
  const tookMs = () => Math.round(performance.now() - startedAt);
  try {
    const { status, text } = await send();
    return { status, body: text, tookMs: tookMs() };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return { status: 0, body: '', tookMs: tookMs(), problem };
  }
}

/** Whether a body is meant as JSON: the platform then writes its envelope in JSON as well. */
export function isJsonBody(body: Buffer): boolean {
  return /^\uFEFF?\s*[{[]/.test(body.toString('utf8'));
}

/** An encrypted body in its envelope; `visible` are the envelope's clear fields. */
export function sealRaw(body: Buffer, encrypted: string, visible: Readonly<Record<string, string>>): string {
  const fields = { ...visible, Encrypt: encrypted };
  return isJsonBody(body) ? JSON.stringify(fields) : buildXml(fields);
}

/** The clear body with the encrypted one inside, as the compatible mode has it; an envelope where that cannot be written. */
export function sealBeside(
  body: Buffer,
  encrypted: string,
  visible: Readonly<Record<string, string>>,
): string {
  const clear = body.toString('utf8');
  if (isJsonBody(body) && /\}\s*$/.test(clear)) {
    return clear.replace(/\}\s*$/, `,"Encrypt":${JSON.stringify(encrypted)}}`);
  }
  return /<\/xml>\s*$/.test(clear)
    ? clear.replace(/<\/xml>\s*$/, `<Encrypt>${encrypted}</Encrypt></xml>`)
    : sealRaw(body, encrypted, visible);
}

/** The content type that a body is pushed with. */
export function wireOf(query: string, body: Buffer | string): Wire {
  const bytes = Buffer.from(body);
  return { query, body: bytes, type: isJsonBody(bytes) ? 'application/json' : 'text/xml' };
}
