/** What a device remembers from earlier passes, in its durable store. A planner reads it and never writes it. */
import type { NotedOpening } from '../access/tunnel-end.ts';
import type { NotedSchedule } from '../backup/due.ts';
import type { BackupSummary } from '../backup/manifest.ts';
import type { Restored, RestoreNote } from '../backup/restore-note.ts';
import type { DesiredProject } from '../desired/state.ts';

export interface SetAside {
  /** Digest of the desired state that failed here. */
  readonly digest: string;
  readonly code: string;
  readonly message: string;
  readonly atMs: number;
  /** What its containers said last, redacted. */
  readonly lastWords?: string;
}

/** Something that may mend itself has failed before anything was stopped. */
export interface Attempts {
  readonly digest: string;
  readonly count: number;
  /** Not before this time, milliseconds since the epoch. */
  readonly nextMs: number;
  readonly code: string;
  readonly message: string;
}

/** What failed on the way back to the last good state, which is never set aside. */
export interface Mending extends Attempts {
  /** `planFingerprint` of the steps that wait: others, for something else that happened, do not. */
  readonly fingerprint: string;
  /** What its containers said last, redacted. */
  readonly lastWords?: string;
}

/** A plan that was carried out and asked for again straight away: it is not carried out a second time at once. */
export interface PlanLoop {
  readonly digest: string;
  /** `planFingerprint` of the steps. */
  readonly fingerprint: string;
  /** Absent where an older agent has noted it. */
  readonly count?: number;
  /** Not before this time, milliseconds since the epoch. */
  readonly nextMs?: number;
}

export interface ProjectRecord {
  /** The newest desired state that became healthy here. */
  readonly lastGood?: DesiredProject;
  /** What failed last, and what failed before it, newest first: see `set-aside.ts`. */
  readonly setAside?: SetAside;
  readonly setAsideBefore?: readonly SetAside[];
  readonly attempts?: Attempts;
  readonly mending?: Mending;
  readonly loop?: PlanLoop;
  /** The backup that was made for an update which is not over yet. @see BackupManifest */
  readonly backedUp?: { readonly id: string; readonly before: string };
  /** What was put back last; `begun` until the app has been healthy with it. */
  readonly restored?: Restored;
  /** The restore of the device's file that was taken up last. `unsure`: it was not carried out. */
  readonly restoreAsked?: { readonly backup: string; readonly unsure?: true };
  /** An update has failed, and its data is still to be put back as this backup has it. */
  readonly takeBack?: { readonly backup: string };
  /** The schedule of backups as this device has seen it. */
  readonly scheduled?: NotedSchedule;
  /** A backup by the clock has failed. */
  readonly backupTries?: Attempts;
  /** An update went on without the backup that its app does not require; the next one that is made takes this back. */
  readonly backupMissing?: { readonly code: string; readonly message: string; readonly atMs: number };
  /**
   * Containers (engine ids) whose start is owed: stopped by this device, or started with `post_start` commands that
   * have not ended yet. The engine does not tell them from one-shots that ended, or from services that are up.
   */
  readonly starting?: readonly string[];
}

/** What containers of this device could ever write to. */
export interface WrittenPaths {
  /** The folder that those of all projects lie in. */
  readonly projects: string;
  /** Absolute paths, without detours. */
  readonly paths: ReadonlySet<string>;
  /** Data folders of which nobody knows what lay writable below them, and `/`: nobody knows it of the device. */
  readonly unknown: readonly string[];
  /** Folders of the agent itself: its state, and what it has in memory. */
  readonly own?: readonly string[];
  /** The engine's, where the agent finds it. */
  readonly socket?: string;
}

export interface ProjectMemory {
  readonly projects: ReadonlyMap<string, ProjectRecord>;
  /** The tunnel as it was first asked for open. */
  readonly tunnel?: NotedOpening;
  /** `towline agent hold`: no project is touched before. Milliseconds since the epoch. */
  readonly holdUntilMs?: number;
  /** `downloadKey` → when it was first seen here, milliseconds since the epoch. Absent: nothing was. */
  readonly downloads?: ReadonlyMap<string, number>;
  /** Project → its backups on this device, newest first. Absent: nobody has looked. */
  readonly backups?: ReadonlyMap<string, readonly BackupSummary[]>;
  /** Project → the restore that was decided here and is not over. `damaged`: there is one, and nobody knows which. */
  readonly restores?: ReadonlyMap<string, RestoreNote | 'damaged'>;
  /** Absent: no container was ever here. */
  readonly written?: WrittenPaths;
  /** The time of this pass, milliseconds since the epoch. */
  readonly nowMs: number;
}

/** A device that remembers nothing. */
export function emptyMemory(nowMs: number): ProjectMemory {
  return { projects: new Map(), nowMs };
}
