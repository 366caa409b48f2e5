/** Injected faults: which calls fail, how, how often and how many times. */

/** A fault as the control API takes it. Without any way to fail it only adds latency. */
export interface FaultInput {
  /** Calls whose path starts so are struck, platform included: `/wechat/cgi-bin/message/template/send`. */
  path: string;
  /** Answer HTTP 200 with this platform error. */
  errcode?: number;
  /** Answer this HTTP status. */
  status?: number;
  /** Say nothing for so many ms, then cut the connection. */
  hang?: number;
  /** Cut the connection at once. */
  drop?: boolean;
  /** Wait so long first. */
  latencyMs?: number;
  /** The share of calls that are struck, 0..1; all by default. */
  rate?: number;
  /** How many calls are struck before the fault ends; endless by default. */
  count?: number;
  /** Do what was asked first and fail then: the caller cannot know that it worked. */
  after?: boolean;
  /** Do what was asked; the answer never comes: silence for `hang` ms where that is given, then the connection is cut. */
  lostAnswer?: boolean;
}

/** A fault in force. */
export interface Fault extends FaultInput {
  readonly id: number;
}

/** The faults of one simulator. */
export interface Faults {
  /** Puts a fault in force and returns its id. */
  add(input: FaultInput): number;
  /** The oldest fault that strikes this call, counted as one strike; null when the call goes through. */
  strike(path: string): Fault | null;
  /** The faults still in force. */
  list(): readonly Fault[];
  /** Ends one fault; false when there is none with this id. */
  remove(id: number): boolean;
  /** Ends all. */
  clear(): void;
}

/** Whether the fault makes calls fail, rather than only late. */
export function isFailure(fault: Fault): boolean {
  return fault.errcode !== undefined || fault.status !== undefined || isSilent(fault);
}

/** Whether the platform does what it was asked before the call fails. */
export function isAfterwards(fault: Fault): boolean {
  return fault.after === true || fault.lostAnswer === true;
}

/** Whether no answer comes at all: the connection is cut, at once or after `hang` ms. */
export function isSilent(fault: Fault): boolean {
  return fault.hang !== undefined || fault.drop === true || fault.lostAnswer === true;
}

/** Makes the list, empty. */
export function createFaults(): Faults {
  let faults: (Fault & { left: number })[] = [];
  let lastId = 0;
  return {
    add: (input) => {
      lastId += 1;
      faults.push({ ...input, id: lastId, left: input.count ?? Number.POSITIVE_INFINITY });
      return lastId;
    },
    strike: (path) => {
      for (const fault of faults) {
        if (path.startsWith(fault.path) && Math.random() < (fault.rate ?? 1)) {
          fault.left -= 1;
          faults = fault.left > 0 ? faults : faults.filter((other) => other !== fault);
          return fault;
        }
      }
      return null;
    },
    list: () =>
      faults.map(({ left, ...fault }) => (fault.count === undefined ? fault : { ...fault, count: left })),
    remove: (id) => {
      const before = faults.length;
      faults = faults.filter((fault) => fault.id !== id);
      return faults.length < before;
    },
    clear: () => {
      faults = [];
    },
  };
}
