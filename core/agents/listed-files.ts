/** Which files the listed versions are made of: what a gateway keeps and serves, and nothing else. */
import type { AgentsFile, FleetFile } from '../../schemas/types.generated.ts';
import { newestVersion } from './version-order.ts';

/** By version. */
export type ListedVersions = ReadonlyMap<string, { readonly value: AgentsFile }>;

export interface ListedFile {
  /** Hexadecimal. */
  readonly sha256: string;
  readonly bytes: number;
  readonly kind: 'part' | 'install';
}

/** Each once, by its hash, however many versions and platforms share it. */
export function listedFiles(versions: ListedVersions): Map<string, ListedFile> {
  const found = new Map<string, ListedFile>();
  const add = (file: ListedFile) => found.set(file.sha256, file);
  for (const { value } of versions.values()) {
    if (value.install !== undefined) add({ ...value.install, kind: 'install' });
    for (const { parts } of Object.values(value.platforms))
      for (const { sha256, bytes } of parts) add({ sha256, bytes, kind: 'part' });
  }
  return found;
}

/** What `/install` is: the script of the version that fleet.yaml chooses, or of the newest. */
export function installScript(
  fleet: Pick<FleetFile, 'agent'>,
  versions: ListedVersions,
): ListedFile | undefined {
  const version = fleet.agent?.version ?? newestVersion(versions.keys());
  const install = version === undefined ? undefined : versions.get(version)?.value.install;
  return install === undefined ? undefined : { ...install, kind: 'install' };
}
