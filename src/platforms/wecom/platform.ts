/** WeCom's client in our own words: send, take back, see the app and its members, check a form. */
import { PlatformError } from '#src/platforms/platform-error.js';
import { toAgent, toDepartmentIds, toMember, toMembers, toSent } from './answers.js';
import { createWecomClient, type WecomClient } from './client.js';
import { describeWecomCode, unreachableError, wecomError } from './errors.js';
import type { WecomCredentials, WecomDeps, WecomMember, WecomPlatform } from './types.js';

/** Departments whose members are read for a list to pick from. */
const MAX_DEPARTMENTS = 500;
/** Requests at once while many are needed for one answer. */
const AT_ONCE = 5;
/** The member cannot be seen: no such id, a malformed one, or outside the range. */
const UNSEEN_CODES: ReadonlySet<number> = new Set([40003, 60011, 60111]);

/** Makes the client; it opens nothing before the first call. */
export function createWecomPlatform(deps: WecomDeps): WecomPlatform {
  const client = createWecomClient(deps);
  const platform: WecomPlatform = {
    sendMessage: async (credentials, message) => {
      const body = { ...message, agentid: Number(credentials.agentId) };
      return toSent(await client.post(credentials, 'message/send', body));
    },
    recall: async (credentials, msgId) => {
      await client.post(credentials, 'message/recall', { msgid: msgId });
    },
    getAgent: async (credentials) =>
      toAgent(await client.get(credentials, 'agent/get', { agentid: credentials.agentId })),
    getUser: async (credentials, userId) =>
      toMember(await client.get(credentials, 'user/get', { userid: userId })),
    listMembers: (credentials) => listMembers(client, platform, credentials),
    checkCredentials: async (credentials, receivers) => {
      await client.checkSecret(credentials);
      const agent = await platform.getAgent(credentials);
      if (agent.isClosed) {
        throw wecomError('agent/get', 50003, 'the app is disabled');
      }
      await checkSending(platform, credentials);
      const named = receivers.filter((id) => id !== '@all' && !hasId(agent.userIds, id));
      const missing = await findUnseen(platform, credentials, named);
      if (missing.length > 0) {
        throw unreachableError(missing);
      }
      return agent;
    },
    close: () => client.close(),
  };
  return platform;
}

/**
 * Sends a message without content, which WeCom always refuses (44004) after it has looked at the caller's IP, the app
 * and its permissions: 60020 and its like show only at this call.
 */
async function checkSending(platform: WecomPlatform, credentials: WecomCredentials): Promise<void> {
  const empty = { touser: '', msgtype: 'text', text: { content: '' } };
  try {
    await platform.sendMessage(credentials, empty);
  } catch (error) {
    if (!(error instanceof PlatformError) || error.code === undefined) {
      throw error;
    }
    const { kind } = describeWecomCode(error.code);
    // Refused for its content or its missing receivers, as it should be.
    if (kind !== 'bug' && kind !== 'receiver') {
      throw error;
    }
  }
}

async function findUnseen(
  platform: WecomPlatform,
  credentials: WecomCredentials,
  userIds: readonly string[],
): Promise<string[]> {
  const seen = await mapFew(userIds, async (userId) => {
    try {
      await platform.getUser(credentials, userId);
      return true;
    } catch (error) {
      if (error instanceof PlatformError && error.code !== undefined && UNSEEN_CODES.has(error.code)) {
        return false;
      }
      throw error;
    }
  });
  return userIds.filter((_, index) => !seen[index]);
}

async function listMembers(
  client: WecomClient,
  platform: WecomPlatform,
  credentials: WecomCredentials,
): Promise<WecomMember[]> {
  const agent = await platform.getAgent(credentials);
  const found = toDepartmentIds(await client.get(credentials, 'department/simplelist'));
  const departments = [...new Set([...found, ...agent.departmentIds])].slice(0, MAX_DEPARTMENTS);
  const groups = await mapFew(departments, async (id) =>
    toMembers(await client.get(credentials, 'user/list', { department_id: String(id) })),
  );
  const byId = new Map(groups.flat().map((member) => [member.userId.toLowerCase(), member]));
  for (const userId of agent.userIds.filter((id) => !byId.has(id.toLowerCase()))) {
    byId.set(userId.toLowerCase(), { userId, name: '', departmentIds: [] });
  }
  return [...byId.values()].sort((a, b) => (a.userId < b.userId ? -1 : 1));
}

/** WeCom's member ids do not tell upper from lower case. */
function hasId(userIds: readonly string[], wanted: string): boolean {
  return userIds.some((id) => id.toLowerCase() === wanted.toLowerCase());
}

async function mapFew<T, R>(items: readonly T[], run: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let at = 0; at < items.length; at += AT_ONCE) {
    results.push(...(await Promise.all(items.slice(at, at + AT_ONCE).map(run))));
  }
  return results;
}
