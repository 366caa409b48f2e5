/** All channels, by id. A new channel is one folder and one line in wiring. */
import type { Channel } from './channel.js';

/** Finds a channel by id, or null. */
export interface ChannelRegistry {
  find(id: string): Channel | null;
}

/** Makes the registry of the channels a server has. */
export function createChannelRegistry(channels: readonly Channel[]): ChannelRegistry {
  const byId = new Map(channels.map((channel) => [channel.id, channel]));
  return { find: (id) => byId.get(id) ?? null };
}
