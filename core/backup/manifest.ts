/** What a backup is: `manifest.json` in its folder, written last. Without it what lies there is rubbish. */
import type { BackupMode } from './settings.ts';

/** `upgrade`: before one; `schedule`: by the clock; `aside`: what a restore has put aside; `request`: a person at the device asked. */
export type BackupCause = 'upgrade' | 'schedule' | 'aside' | 'request';

export interface BackedUpVolume {
  /** Of the Compose file. */
  readonly key: string;
  /** On the engine. */
  readonly name: string;
  /** In the folder of the backup: one tar, compressed by zstd. */
  readonly file: string;
  /** Of the file. */
  readonly bytes: number;
  /** Of what the volume holds: the tar before it is compressed. */
  readonly contentBytes: number;
  /** Of the file, hexadecimal. */
  readonly sha256: string;
}

export interface BackupManifest {
  readonly version: 1;
  /** `20261130T041500Z-1a2b3c4d`: when it was begun, and the first digits of the digest of what ran. */
  readonly id: string;
  readonly fleet: string;
  readonly device: string;
  readonly app: string;
  readonly project: string;
  /** Of what ran. */
  readonly release?: string;
  /** Of the state that ran; `project.json` beside the manifest is that state. */
  readonly digest: string;
  readonly cause: BackupCause;
  /** Digest of the state that was to come, where the cause is an upgrade. */
  readonly before?: string;
  readonly mode: BackupMode;
  /** When it was begun, milliseconds since the epoch. */
  readonly atMs: number;
  /** How long it took, milliseconds: with `mode: stop` nobody served meanwhile. */
  readonly tookMs: number;
  /** Services that did not run, or were paused, meanwhile. */
  readonly services: readonly string[];
  readonly volumes: readonly BackedUpVolume[];
}

/** What is known of a backup without reading it: for the plan, the status and people. */
export interface BackupSummary
  extends Pick<
    BackupManifest,
    'id' | 'app' | 'project' | 'release' | 'digest' | 'cause' | 'before' | 'atMs' | 'tookMs'
  > {
  /** Of its files. */
  readonly bytes: number;
  readonly contentBytes: number;
  /** Absent: nobody has looked. */
  readonly volumes?: readonly Pick<BackedUpVolume, 'key' | 'name'>[];
  /** Stores that have a copy. */
  readonly stores: readonly string[];
}

/** @param digest of the state that runs, `sha256:…` */
export function backupId(atMs: number, digest: string): string {
  const time = new Date(atMs).toISOString().replace(/[-:]|\.\d+/g, '');
  return `${time}-${digest.replace(/^sha256:/, '').slice(0, 8)}`;
}

/** When it was begun, as its name says. Milliseconds since the epoch. @param id as `backupId` makes it */
export function backupTimeMs(id: string): number {
  return Date.parse(id.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-.*$/, '$1-$2-$3T$4:$5:$6Z'));
}
