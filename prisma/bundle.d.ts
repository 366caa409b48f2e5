import type { Plugin } from 'esbuild';

/** What to bundle. */
export interface BundleRequest {
  root: string;
  outdir: string;
  plugins?: Plugin[];
}

export function bundle(request: BundleRequest): Promise<{ path: string; text: string }[]>;
