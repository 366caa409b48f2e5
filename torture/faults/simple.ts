/** Every kind of fault that is no two of them. A new one is one file and one line here. */
import type { World } from '#torture/world.js';
import type { DrawInput, Fault } from './blow.js';
import { damage } from './damage.js';
import { backup, restore, upgrade } from './data.js';
import { outage, platform, wire } from './outside.js';
import { clock, descriptors, elsewhere, freeze, kill, start } from './processes.js';
import { apart, connections, cut, disk, readonly, restart } from './storage.js';

const SIMPLE = {
  kill,
  start,
  elsewhere,
  freeze,
  clock,
  descriptors,
  platform,
  wire,
  outage,
  disk,
  cut,
  apart,
  restart,
  readonly,
  connections,
  upgrade,
  backup,
  restore,
  damage,
};

type Table = typeof SIMPLE;
type ParticularsOf<F> = F extends Fault<infer B> ? B : never;

/** The name of a kind. */
export type SimpleKind = keyof Table;

/** Something that goes wrong, with its particulars. Times are milliseconds. */
export type SimpleBlow = { [K in SimpleKind]: { kind: K } & ParticularsOf<Table[K]> }[SimpleKind];

/** All names. */
export const SIMPLE_KINDS = Object.keys(SIMPLE) as SimpleKind[];

/** The fault of that name. What its particulars are only it knows. */
function faultOf(kind: SimpleKind): Fault<object> {
  return SIMPLE[kind] as unknown as Fault<object>;
}

/** The databases that know it, and who waits while it falls. */
export function traitsOf(kind: SimpleKind): Pick<Fault<object>, 'databases' | 'alone'> {
  return faultOf(kind);
}

/** Draws the particulars of a kind. */
export function drawSimple(kind: SimpleKind, input: DrawInput): SimpleBlow {
  return { kind, ...faultOf(kind).draw(input) } as SimpleBlow;
}

/** Lets it fall; what it saw that must not be. */
export function fallSimple(world: World, blow: SimpleBlow): Promise<readonly string[]> {
  return faultOf(blow.kind).fall(world, blow);
}
