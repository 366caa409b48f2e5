/** Picks what we use out of WeCom's answers; a missing piece becomes empty, never a wrong type. */
import type { WecomAnswer } from './client.js';
import type { WecomAgent, WecomMember, WecomSent } from './types.js';

/** message/send. The lists are texts joined by `|`; absent or empty when none. */
export function toSent(answer: WecomAnswer): WecomSent {
  return {
    msgId: readText(answer.msgid),
    invalidUsers: readList(answer.invaliduser),
    unlicensedUsers: readList(answer.unlicenseduser),
  };
}

/** agent/get. */
export function toAgent(answer: WecomAnswer): WecomAgent {
  const users = readRecord(answer.allow_userinfos).user;
  const parties = readRecord(answer.allow_partys).partyid;
  return {
    agentId: readText(answer.agentid),
    name: readText(answer.name),
    isClosed: answer.close === 1,
    userIds: readRecords(users)
      .map((user) => readText(user.userid))
      .filter((id) => id !== ''),
    departmentIds: readIds(parties),
  };
}

/** user/get, and one entry of user/list. */
export function toMember(fields: Record<string, unknown>): WecomMember {
  return {
    userId: readText(fields.userid),
    name: readText(fields.name),
    departmentIds: readIds(fields.department),
  };
}

/** user/list. */
export function toMembers(answer: WecomAnswer): WecomMember[] {
  return readRecords(answer.userlist)
    .map(toMember)
    .filter((member) => member.userId !== '');
}

/** department/simplelist. */
export function toDepartmentIds(answer: WecomAnswer): number[] {
  return readIds(readRecords(answer.department_id).map((department) => department.id));
}

function readText(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function readList(value: unknown): string[] {
  return readText(value)
    .split('|')
    .filter((id) => id !== '');
}

function readIds(value: unknown): number[] {
  return Array.isArray(value) ? value.filter((id): id is number => Number.isSafeInteger(id)) : [];
}

function readRecord(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {};
}

function readRecords(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
