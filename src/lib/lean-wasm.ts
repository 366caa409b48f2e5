/** Keeps V8 from optimising WebAssembly in the background; imported before anything that loads some. */
import { setFlagsFromString } from 'node:v8';

// Prisma's query compiler is WebAssembly. V8's optimising compiler took about 70 MB of memory (which
// the allocator keeps) and a second of CPU time for them at each start, for code that is not on the hot paths.
setFlagsFromString('--liftoff-only');
