/** What a simulator remembers from one run to the next, so that its people are not strangers to the server after a restart. */

/** Where it is kept between runs. */
export interface MemoryStore {
  /** What was written last; null when nothing was. */
  read(): string | null;
  write(text: string): void;
}

/** The memory of one simulator. Without a store it forgets everything with the process. */
export interface Memory {
  /** What a part of the world said of itself when it was last written down; null for nothing. */
  recall(part: string): unknown;
  /** Has a part say what is to be remembered of it, whenever that is written down. */
  keep(part: string, describe: () => unknown): void;
  /** Something has changed: it is written down within a moment. */
  touch(): void;
  /** Writes down at once what has changed. */
  flush(): void;
}

/** Changes of one moment, such as a scan, are written down together. */
const MOMENT_MS = 200;

/** Opens the memory. What cannot be read counts as nothing: a sandbox starts afresh rather than not at all. */
export function createMemory(store: MemoryStore | undefined): Memory {
  const known = store ? readParts(store) : {};
  const parts = new Map<string, () => unknown>();
  let timer: NodeJS.Timeout | null = null;

  function flush(): void {
    if (timer) {
      clearTimeout(timer);
      timer = null;
      const described = [...parts].map(([name, describe]) => [name, describe()]);
      store?.write(JSON.stringify(Object.fromEntries(described)));
    }
  }

  return {
    recall: (part) => known[part] ?? null,
    keep: (part, describe) => {
      parts.set(part, describe);
    },
    touch: () => {
      timer ??= store ? setTimeout(flush, MOMENT_MS).unref() : null;
    },
    flush,
  };
}

function readParts(store: MemoryStore): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(store.read() ?? '{}');
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
