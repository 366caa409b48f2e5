/** The kinds of access, and what each means for each actor. A route is one line in a rows-*.ts; what that allows stands here. */

/** Who may use a route. */
export const ACCESS = [
  /** Everybody; it tells nothing about anybody. */
  'open',
  /** Whoever knows its secret address; the matrix knows a wrong one. */
  'address',
  /** Whoever sends one of a dialect's keys along; the matrix brings everything else. */
  'key',
  /** WeChat and WeCom, by their signature. */
  'platform',
  /** Whoever asks from this machine, and the operator's token. */
  'local',
  /** A form of our own page: nobody without its token. */
  'ownForm',
  /** Everybody who is signed in, about themselves. */
  'signedIn',
  /** One person, about a thing of theirs: nobody else, the operator included. */
  'mine',
  /** Developers and operators, about their own things. */
  'manager',
  /** The developer whose thing it is, and operators. */
  'own',
  /** Operators. */
  'operator',
] as const;
export type Access = (typeof ACCESS)[number];

/** Who tries. */
export const ACTORS = [
  'anonymous',
  'garbage',
  'appToken',
  'follower',
  'other',
  'owner',
  'operator',
  'adminToken',
] as const;
export type Actor = (typeof ACTORS)[number];

/** What comes of it. `in`: past the guard, whatever the request then leads to. */
export type Fate = 'in' | 'signIn' | 'unauthorized' | 'forbidden' | 'notFound' | 'refused';

/** On pages people are known by a session, so what programs send along is nobody. */
const PAGE: Readonly<Record<'signedIn' | 'mine' | 'manager' | 'own' | 'operator', Record<Actor, Fate>>> =
  (() => {
    const strangers = {
      anonymous: 'signIn',
      garbage: 'signIn',
      appToken: 'signIn',
      adminToken: 'signIn',
    } as const;
    return {
      signedIn: { ...strangers, follower: 'in', other: 'in', owner: 'in', operator: 'in' },
      mine: { ...strangers, follower: 'notFound', other: 'notFound', owner: 'in', operator: 'notFound' },
      manager: { ...strangers, follower: 'signIn', other: 'in', owner: 'in', operator: 'in' },
      own: { ...strangers, follower: 'signIn', other: 'notFound', owner: 'in', operator: 'in' },
      operator: { ...strangers, follower: 'signIn', other: 'forbidden', owner: 'forbidden', operator: 'in' },
    };
  })();

/** Calls know people by their bearer tokens, so a follower's session is nobody. */
const CALL: Readonly<Record<'manager' | 'own' | 'operator' | 'mine', Record<Actor, Fate>>> = (() => {
  const no = 'unauthorized' as const;
  const strangers = { anonymous: no, garbage: no, appToken: no, follower: no };
  return {
    manager: { ...strangers, other: 'in', owner: 'in', operator: 'in', adminToken: 'in' },
    own: { ...strangers, other: 'notFound', owner: 'in', operator: 'in', adminToken: 'in' },
    mine: { ...strangers, other: 'notFound', owner: 'in', operator: 'notFound', adminToken: 'notFound' },
    operator: { ...strangers, other: 'forbidden', owner: 'forbidden', operator: 'in', adminToken: 'in' },
  };
})();

/** What becomes of an actor at a route. */
export function fateOf(route: string, access: Access, actor: Actor): Fate {
  switch (access) {
    case 'open':
    case 'local':
      return 'in';
    case 'address':
    case 'key':
    case 'platform':
      return 'refused';
    case 'ownForm':
      return PAGE.signedIn[actor] === 'in' ? 'in' : 'forbidden';
    case 'signedIn':
      return PAGE.signedIn[actor];
    case 'mine':
      // The console lets nobody in who has no account, whatever they ask for.
      return actor === 'follower' && route.includes(' /console/') ? 'signIn' : byKind(route, access, actor);
    default:
      return byKind(route, access, actor);
  }
}

function byKind(route: string, access: keyof typeof CALL, actor: Actor): Fate {
  return (isCall(route) ? CALL : PAGE)[access][actor];
}

/** Whether it is a call of the management API. */
export function isCall(route: string): boolean {
  return / \/api\/v1\//.test(route);
}

/** Whether an answer is that fate. */
export function isFate(fate: Fate, { status, location }: { status: number; location: string }): boolean {
  const leadsToSignIn = [302, 303].includes(status) && /^\/(?:sign-in|me\/enter)/.test(location);
  switch (fate) {
    case 'in':
      return status < 500 && ![401, 403, 404].includes(status) && !leadsToSignIn;
    case 'signIn':
      return leadsToSignIn;
    case 'unauthorized':
      return status === 401;
    case 'forbidden':
      return status === 403;
    case 'notFound':
      return status === 404;
    case 'refused':
      return status < 500;
  }
}
