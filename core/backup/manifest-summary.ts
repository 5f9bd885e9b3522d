import type { BackupManifest, BackupSummary } from './manifest.ts';

/** What the plan, the status and people are told of it. */
export function summaryOf(manifest: BackupManifest): BackupSummary {
  const { id, app, project, release, digest, cause, before, atMs, tookMs, volumes } = manifest;
  const sum = (of: 'bytes' | 'contentBytes') => volumes.reduce((total, volume) => total + volume[of], 0);
  return {
    ...{ id, app, project, digest, cause, atMs, tookMs, stores: [] },
    ...(release === undefined ? {} : { release }),
    ...(before === undefined ? {} : { before }),
    ...{ bytes: sum('bytes'), contentBytes: sum('contentBytes') },
    volumes: volumes.map(({ key, name }) => ({ key, name })),
  };
}
