/** Writes an event in the wire form its endpoint asked for: a dialect's, or our own. */
import type { Event } from '#src/core/types.js';

/** A dialect's wire form of an event; null where the dialect does not know such events. */
export type CallbackBody = (event: Event) => object | null | Promise<object | null>;

/** Our own wire form. */
export function nativeBody(event: Event): object {
  return {
    id: event.id,
    type: event.type,
    timestamp: event.at.toISOString(),
    data: { appId: event.appId, appName: event.appName, ...event.data },
  };
}

/** Makes the choice by style; an unknown style gets our own form. */
export function createPayloads(styles: Readonly<Record<string, CallbackBody>>) {
  return (style: string, event: Event): ReturnType<CallbackBody> => {
    const mapper = Object.hasOwn(styles, style) ? styles[style] : undefined;
    return mapper ? mapper(event) : nativeBody(event);
  };
}
