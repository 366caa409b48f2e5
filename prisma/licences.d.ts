/** One package of the lock file; `objection` says why its licence will not do, and is empty where it will. */
export interface PackageLicence {
  path: string;
  name: string;
  version: string;
  licence: string;
  objection: string;
}

export function listLicences(root: string): PackageLicence[];
export function judge(name: string, licence: string): string;
export function writeNotices(root: string, packages: readonly PackageLicence[]): string;
