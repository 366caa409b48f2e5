/** Builders that read as a sentence: `await w.app('alarm').made()`, `await w.app('alarm').topic('ops')`. */
import type { Answer } from './http.js';

/** An app as the management API made it. */
export interface MadeApp {
  id: number;
  name: string;
  appToken: string;
  callbackSecret: string;
  qrcodeUrl: string;
  subscribeUrl: string;
}

/** A topic as the management API made it. */
export interface MadeTopic {
  id: number;
  code: string;
  name: string;
  qrcodeUrl: string;
  subscribeUrl: string;
}

/** An app to be made. */
export interface AppBuilder {
  /** Makes the app, once. */
  made(): Promise<MadeApp>;
  /** Makes a topic under the app. */
  topic(name: string): Promise<MadeTopic>;
}

interface Means {
  admin(path: string, body?: unknown): Promise<Answer>;
}

/** Begins an app. */
export function buildApp(means: Means, name: string, input: Record<string, unknown>): AppBuilder {
  let app: Promise<MadeApp> | null = null;
  const made = (): Promise<MadeApp> => {
    app ??= make<MadeApp>(means, '/apps', { name, ...input });
    return app;
  };
  return {
    made,
    topic: async (topicName) =>
      make<MadeTopic>(means, `/apps/${(await made()).id}/topics`, { name: topicName }),
  };
}

async function make<T>(means: Means, path: string, body: unknown): Promise<T> {
  const answer = await means.admin(path, body);
  if (answer.status !== 201) {
    throw new Error(`POST ${path} answered ${answer.status}: ${answer.text}`);
  }
  return answer.json as T;
}
