/** What an app may read about itself, members and departments: only what it sees, one level at a time. */
import { checkAgent, type WecomCallInput, type WecomCalls } from './calls.js';
import {
  findMember,
  seesMember,
  visibleMembers,
  visibleParties,
  type WecomMember,
  type WecomParty,
} from './directory.js';
import { WecomRefusal } from './errors.js';
import { badField } from './loose-fields.js';

const USERID = /^[0-9A-Za-z][0-9A-Za-z_@.-]{0,63}$/;

/** The reading calls. */
export const directoryCalls: WecomCalls = {
  '/cgi-bin/agent/get': { method: 'GET', run: describeAgent },
  '/cgi-bin/user/get': { method: 'GET', run: (input) => describeMember(pickMember(input)) },
  '/cgi-bin/user/list': {
    method: 'GET',
    run: (input) => ({ userlist: membersOf(input).map(describeMember) }),
  },
  '/cgi-bin/user/simplelist': {
    method: 'GET',
    run: (input) => ({
      userlist: membersOf(input).map(({ userId, name, parties }) => ({
        userid: userId,
        name,
        department: parties,
        open_userid: '',
      })),
    }),
  },
  '/cgi-bin/department/list': {
    method: 'GET',
    run: (input) => ({
      department: partiesOf(input).map(({ id, name, parentId }) => ({
        id,
        name,
        name_en: '',
        department_leader: [],
        parentid: parentId,
        order: id,
      })),
    }),
  },
  '/cgi-bin/department/simplelist': {
    method: 'GET',
    run: (input) => ({
      department_id: partiesOf(input).map(({ id, parentId }) => ({ id, parentid: parentId, order: id })),
    }),
  },
  '/cgi-bin/getcallbackip': { method: 'GET', run: () => ({ ip_list: ['127.0.0.1'] }) },
};

function describeAgent({ owner, query }: WecomCallInput): object {
  const { corp, agent } = owner;
  const asked = query.get('agentid');
  checkAgent(owner, asked ? Number(asked) : undefined);
  const members = agent.visibleParties ? [] : visibleMembers(corp, agent);
  return {
    agentid: agent.id,
    name: agent.name,
    square_logo_url: '',
    description: '',
    allow_userinfos: { user: members.map(({ userId }) => ({ userid: userId })) },
    allow_partys: { partyid: agent.visibleParties ?? [1] },
    allow_tags: { tagid: [] },
    close: 0,
    redirect_domain: '',
    report_location_flag: 0,
    isreportenter: 0,
    home_url: '',
    customized_publish_status: 1,
  };
}

/** A member as new apps see one: without avatar, mobile and mail. */
function describeMember(member: WecomMember): object {
  const { userId, name, parties } = member;
  return {
    userid: userId,
    name,
    department: parties,
    order: parties.map(() => 0),
    is_leader_in_dept: parties.map(() => 0),
    main_department: parties[0] ?? 1,
    position: '',
    status: 1,
    enable: 1,
    isleader: 0,
    telephone: '',
    alias: '',
    extattr: { attrs: [] },
  };
}

function pickMember({ owner, query }: WecomCallInput): WecomMember {
  const userId = query.get('userid') ?? '';
  if (!USERID.test(userId)) {
    throw new WecomRefusal(40003);
  }
  const member = findMember(owner.corp, userId);
  if (!member) {
    throw new WecomRefusal(60111);
  }
  if (!seesMember(owner.corp, owner.agent, member)) {
    throw new WecomRefusal(60011);
  }
  return member;
}

/** The members right in the department, those of its sub-departments not among them. */
function membersOf(input: WecomCallInput): WecomMember[] {
  const { owner, query } = input;
  const id = readPartyId(query.get('department_id'));
  if (id === null) {
    throw badField('department_id');
  }
  checkParty(input, id);
  return visibleMembers(owner.corp, owner.agent).filter(({ parties }) => parties.includes(id));
}

/** The department and those right below it; without an id all that the app sees. */
function partiesOf(input: WecomCallInput): WecomParty[] {
  const { owner, query } = input;
  const seen = visibleParties(owner.corp, owner.agent);
  const id = readPartyId(query.get('id'));
  if (id === null) {
    return seen;
  }
  checkParty(input, id);
  return seen.filter((party) => party.id === id || party.parentId === id);
}

function readPartyId(text: string | null): number | null {
  if (text === null || text === '') {
    return null;
  }
  if (!/^\d{1,10}$/.test(text)) {
    throw badField('department id');
  }
  return Number(text);
}

function checkParty({ owner }: WecomCallInput, id: number): void {
  if (!owner.corp.parties.some((party) => party.id === id)) {
    throw new WecomRefusal(60003);
  }
  if (!visibleParties(owner.corp, owner.agent).some((party) => party.id === id)) {
    throw new WecomRefusal(60011);
  }
}
