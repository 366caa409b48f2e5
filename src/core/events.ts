/** Events: things that happened to an app, written once for each cause and told by callbacks. */
import { createBatcher } from '#src/lib/batcher.js';
import { insertEvents, type NewEvent } from '#src/store/events.js';
import type { CoreDeps } from './deps.js';
import type { EventData, EventType } from './types.js';

/** An event to write. */
export interface EmitInput<T extends EventType = EventType> {
  type: T;
  appId: number;
  personId: number | null;
  data: EventData[T];
  /** Names the cause; the same cause makes no second event. */
  dedupeKey: string;
}

/** The verbs of events. */
export type Events = ReturnType<typeof createEvents>;

/** Makes the verbs of events. */
export function createEvents({ db, clock, newId, wake }: CoreDeps) {
  const batch = createBatcher({
    run: async (items: NewEvent[]) => {
      await insertEvents(db, items);
      wake();
      return items.map((item) => item.id);
    },
    maxItems: 500,
  });

  /** Writes an event; committed when it answers with the event's id. */
  function emit<T extends EventType>(input: EmitInput<T>): Promise<number> {
    const { data, ...rest } = input;
    return batch({ ...rest, id: newId(), data: JSON.stringify(data), createdAt: clock.now() });
  }

  return { emit };
}
