/** What an account remembers from one run to the next: its first people, and the codes that can still be scanned. */
import { z } from 'zod';

/** A crowd made in bulk is not worth remembering: only so many people are, the first that came. */
export const REMEMBERED_PEOPLE = 2000;

const scene = z.union([z.string(), z.number()]);

const rememberedPeople = z.object({
  /** What all openids of the crowd have in common. */
  seed: z.string(),
  /** How many there were, so that no openid is given to a second person. */
  made: z.int().min(0),
  people: z.array(
    z.object({
      index: z.int().min(0),
      name: z.string().optional(),
      isFollowing: z.boolean(),
      followedAt: z.number(),
      how: z.string(),
      scene: scene.nullable(),
      isBlocking: z.boolean(),
    }),
  ),
});

const rememberedCodes = z.array(
  z.object({ ticket: z.string(), url: z.string(), scene, expiresAt: z.number().nullable() }),
);

const remembered = z.object({ people: rememberedPeople, codes: rememberedCodes });

/** The people of an earlier run. */
export type RememberedPeople = z.infer<typeof rememberedPeople>;

/** The codes of an earlier run. */
export type RememberedCodes = z.infer<typeof rememberedCodes>;

/** All of it. */
export type RememberedAccount = z.infer<typeof remembered>;

/** Reads what an earlier run, perhaps of another version, has left; null where it makes no sense. */
export function readRemembered(value: unknown): RememberedAccount | null {
  const parsed = remembered.safeParse(value);
  return parsed.success ? parsed.data : null;
}
