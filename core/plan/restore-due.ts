/** Whether data of a project is put back now, by which word, and if not: why not. */
import { mustComeFirst, type RestoreCause, type RestoreNote } from '../backup/restore-note.ts';
import { resourceName } from '../desired/resource-name.ts';
import type { DesiredProject, DesiredRestore } from '../desired/state.ts';
import { timeWord } from '../time-word.ts';
import type { ProjectMemory } from './memory.ts';
import { mayTry } from './next-try.ts';
import type { ObservedState } from './observed.ts';
import type { DataVolume } from './step.ts';
import type { Skipped } from './target.ts';

export interface DueRestore {
  readonly backup: string;
  readonly cause: RestoreCause;
  readonly migrate: boolean;
  /** Id that the file asks for, and that is not put back after this. */
  readonly instead?: string;
  /** It lies beside the volumes already. */
  readonly unpacked: boolean;
  /** That may change: where nobody knows what the backup has, all that the app has made. */
  readonly volumes: readonly DataVolume[];
}

export interface RestoreQuestion {
  /** As it is brought to now. */
  readonly target: DesiredProject;
  /** Of the commit. */
  readonly request: DesiredRestore | undefined;
  readonly observed: Pick<ObservedState, 'volumes'>;
  readonly memory: ProjectMemory;
}

interface Wanted extends Pick<RestoreNote, 'backup' | 'cause' | 'migrate'> {
  readonly release?: string;
}

/** Volumes that the app has made itself. */
export function ownVolumes({ model }: DesiredProject): DataVolume[] {
  return Object.entries(model.volumes ?? {})
    .filter(([, definition]) => definition?.external !== true)
    .map(([key]) => ({ key, name: resourceName(model, 'volumes', key) }));
}

const wordOf = ({ backup, cause, migrate }: Wanted): Wanted => ({ backup, cause, migrate });

const isSame = (one: Wanted, other: Wanted): boolean =>
  one.backup === other.backup && one.cause === other.cause && one.migrate === other.migrate;

/** What is wanted, by the strongest word: who stands at the device, an update that is taken back, the file. */
function wantedOf({ target, request, memory }: RestoreQuestion): Wanted | undefined {
  const note = memory.restores?.get(target.name);
  if (note === 'damaged') return undefined;
  if (note?.cause === 'person' || note?.exchanging === true) return wordOf(note);
  const { takeBack, lastGood } = memory.projects.get(target.name) ?? {};
  if (takeBack !== undefined && lastGood?.digest === target.digest)
    return { backup: takeBack.backup, cause: 'rollback', migrate: true };
  return request === undefined ? undefined : { ...request, cause: 'request' };
}

/** Of the file: once, and without a memory of the app only into volumes that are not there. */
function requestProblem(
  { backup }: Wanted,
  { target, observed, memory }: RestoreQuestion,
): 'done' | 'unsure' | undefined {
  const record = memory.projects.get(target.name);
  if (record?.restoreAsked?.backup === backup) return record.restoreAsked.unsure === true ? 'unsure' : 'done';
  if (record?.lastGood !== undefined) return undefined;
  const there = new Set(observed.volumes.map(({ name }) => name));
  return ownVolumes(target).some(({ name }) => there.has(name)) ? 'unsure' : undefined;
}

function refuse(project: string, code: string, reason: string): Skipped {
  return { project, why: 'restore', code, reason };
}

/** @returns undefined where nothing is wanted, or all was done */
export function restoreDue(question: RestoreQuestion): DueRestore | Skipped | undefined {
  const { target, memory } = question;
  const { name, release } = target;
  const note = memory.restores?.get(name);
  if (note !== undefined && note !== 'damaged' && note.phase === 'unpacked')
    return { ...wordOf(note), unpacked: true, volumes: note.volumes.map(({ key, name }) => ({ key, name })) };
  const wanted = wantedOf(question);
  if (wanted === undefined) return undefined;
  const { backup, cause, migrate } = wanted;
  const begun = note !== undefined && note !== 'damaged' && isSame(note, wanted);
  const problem = cause === 'request' && !begun ? requestProblem(wanted, question) : undefined;
  if (problem === 'done') return undefined;
  if (problem === 'unsure') {
    const reason = `backup ${backup} is not put back: a volume is there, and the device does not know whether that was done before`;
    return refuse(name, 'RESTORE_UNSURE', reason);
  }
  const summary = memory.backups?.get(name)?.find(({ id }) => id === backup);
  const of = summary === undefined ? wanted.release : summary.release;
  if (of !== undefined && of !== release && !migrate) {
    const reason = `backup ${backup} is of release ${of}, and the app has ${release ?? 'none'}`;
    return refuse(name, 'RESTORE_OTHER_RELEASE', reason);
  }
  const { tries } = begun && !mustComeFirst(note) ? note : {};
  if (tries !== undefined && !mayTry(tries, memory.nowMs))
    return refuse(name, tries.code, `${tries.message}; next try at ${timeWord(tries.nextMs)}`);
  const { request } = question;
  const instead = cause === 'person' && request !== undefined ? { instead: request.backup } : {};
  const volumes = summary?.volumes ?? ownVolumes(target);
  return { backup, cause, migrate, ...instead, unpacked: false, volumes };
}
