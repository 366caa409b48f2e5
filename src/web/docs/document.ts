/** The parts of an OpenAPI document that the reference shows, as types and as the check that reads them. */
import { z } from 'zod';

/** A schema inside the document, as far as it is shown. */
export interface SchemaNode {
  /** Several are joined: `string | null`. */
  type?: string | undefined;
  description?: string | undefined;
  format?: string | undefined;
  enum?: unknown[] | undefined;
  const?: unknown;
  default?: unknown;
  minimum?: number | undefined;
  maximum?: number | undefined;
  minLength?: number | undefined;
  maxLength?: number | undefined;
  required?: string[] | undefined;
  properties?: Record<string, SchemaNode> | undefined;
  items?: SchemaNode | undefined;
  anyOf?: SchemaNode[] | undefined;
}

const node: z.ZodType<SchemaNode> = z.lazy(() =>
  z.object({
    type: z
      .union([z.string(), z.array(z.string())])
      .transform((types) => [types].flat().join(' | '))
      .optional(),
    description: z.string().optional(),
    format: z.string().optional(),
    enum: z.array(z.unknown()).optional(),
    const: z.unknown().optional(),
    default: z.unknown().optional(),
    minimum: z.number().optional(),
    maximum: z.number().optional(),
    minLength: z.number().optional(),
    maxLength: z.number().optional(),
    required: z.array(z.string()).optional(),
    properties: z.record(z.string(), node).optional(),
    items: node.optional(),
    anyOf: z.array(node).optional(),
  }),
);

const content = z.record(z.string(), z.object({ schema: node.optional() }));

const operation = z.object({
  operationId: z.string(),
  tags: z.array(z.string()),
  summary: z.string(),
  parameters: z
    .array(z.object({ name: z.string(), in: z.string(), required: z.boolean(), schema: node }))
    .default([]),
  requestBody: z.object({ content }).optional(),
  responses: z.record(z.string(), z.object({ description: z.string(), content: content.optional() })),
});

const webhook = z.object({
  post: z.object({ summary: z.string(), description: z.string(), requestBody: z.object({ content }) }),
});

/** Reads a document; throws for one that is none. */
export const apiDocument = z.object({
  info: z.object({ description: z.string() }),
  servers: z.array(z.object({ url: z.string() })).min(1),
  tags: z.array(z.object({ name: z.string(), description: z.string() })),
  paths: z.record(z.string(), z.record(z.string(), operation)),
  webhooks: z.record(z.string(), webhook),
});

/** A document that was read. */
export type ApiDocument = z.output<typeof apiDocument>;

/** One call of it. */
export type ApiOperation = z.output<typeof operation>;

/** The schema of a body, whatever its type of content; null where it has none. */
export function schemaOf(
  body: { content?: z.output<typeof content> | undefined } | undefined,
): SchemaNode | null {
  return Object.values(body?.content ?? {})[0]?.schema ?? null;
}
