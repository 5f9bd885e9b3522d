/** What is said of the data of apps: backups on the device, what stands in the way of the next one, the last restore. */
import type { BackupSummary } from '../../core/backup/manifest.ts';
import { isBackupId } from '../../core/backup/parse-manifest.ts';
import type { RestoreNote } from '../../core/backup/restore-note.ts';
import type { DesiredProject, DesiredState } from '../../core/desired/state.ts';
import type { ProjectMemory, ProjectRecord } from '../../core/plan/memory.ts';
import { timeWord } from '../../core/time-word.ts';
import type { StatusFile } from '../../schemas/types.generated.ts';

type Project = StatusFile['projects'][number];
type Condition = StatusFile['conditions'][number];

export type KeptData = Pick<ProjectMemory, 'projects' | 'backups' | 'restores'>;

/** Of one app. */
const mostOfApp = 10;
/** Of the device; what says too much is not read at all, and services say the most. */
const mostOfAll = 24;
const leastOfAll = 4;
const longestMessage = 500;
const longestCondition = 2000;

/** @param kept undefined: nobody has looked, nothing is said */
export function withBackups(
  projects: readonly Project[],
  kept: KeptData | undefined,
  desired: DesiredState | undefined,
): Project[] {
  if (kept === undefined) return [...projects];
  const services = projects.reduce((count, project) => count + project.services.length, 0);
  const shown = shownOf(projects, kept, Math.max(leastOfAll, mostOfAll - Math.floor(services / 10)));
  const wanted = new Map(desired?.projects.map(project => [project.name, project]));
  return projects.map(before => {
    const { backups: _backups, moreBackups: _more, backupFailing: _failing, restore, ...project } = before;
    const record = kept.projects.get(project.project) ?? {};
    return {
      ...project,
      ...listed(kept.backups?.get(project.project) ?? [], shown),
      ...failing(record, project),
      ...(desired === undefined
        ? said(restore)
        : restoreOf(
            record,
            { asked: wanted.get(project.project)?.restore, note: noteOf(project, kept) },
            project,
          )),
    };
  });
}

/** The newest of each app, then the second of each, and so on. */
function shownOf(projects: readonly Project[], { backups }: KeptData, most: number): Set<BackupSummary> {
  const shown = new Set<BackupSummary>();
  for (let rank = 0; rank < mostOfApp; rank++)
    for (const { project } of projects) {
      const one = backups?.get(project)?.[rank];
      if (one !== undefined && shown.size < most) shown.add(one);
    }
  return shown;
}

function listed(
  all: readonly BackupSummary[],
  shown: ReadonlySet<BackupSummary>,
): Pick<Project, 'backups' | 'moreBackups'> {
  const some = all.filter(one => shown.has(one));
  const more = all.length - some.length;
  return {
    ...(some.length === 0 ? {} : { backups: some.map(entryOf) }),
    ...(more === 0 ? {} : { moreBackups: more }),
  };
}

function entryOf(backup: BackupSummary): NonNullable<Project['backups']>[number] {
  const { id, release, cause, bytes, tookMs, volumes, stores } = backup;
  return {
    id,
    ...(release === undefined ? {} : { release }),
    ...{ cause, bytes, tookMs: Math.round(tookMs) },
    ...(volumes === undefined ? {} : { volumes: volumes.length }),
    ...(stores.length === 0 ? {} : { stores: stores.slice(0, 8) }),
  };
}

function failing(
  { attempts, backupTries, backupMissing }: ProjectRecord,
  { message: told }: Project,
): Pick<Project, 'backupFailing'> {
  const tries = attempts?.code.startsWith('BACKUP_') === true ? attempts : backupTries;
  const failed = tries ?? backupMissing;
  if (failed === undefined) return {};
  const { code, message } = failed;
  const words = told?.includes(message) === true ? {} : { message: message.slice(0, longestMessage) };
  // What an update has gone on without is not tried again: the next one that is made takes its place.
  const next = tries === undefined ? {} : { next: timeWord(tries.nextMs) };
  return { backupFailing: { code, ...words, ...next } };
}

const said = (restore: Project['restore']): Pick<Project, 'restore'> =>
  restore === undefined ? {} : { restore };

interface UnderWay {
  /** By the device's file. */
  readonly asked: DesiredProject['restore'];
  readonly note: RestoreNote | undefined;
}

function noteOf({ project }: Project, { restores }: KeptData): RestoreNote | undefined {
  const note = restores?.get(project);
  return note === 'damaged' ? undefined : note;
}

/** What the device has decided, and has not ended. */
function restoreUnderWay({ asked, note }: UnderWay, takeBack: ProjectRecord['takeBack']): Project['restore'] {
  // One that the file asks for no more is none.
  if (note !== undefined && (note.cause !== 'request' || note.backup === asked?.backup)) {
    const { backup, phase, tries } = note;
    if (phase === 'unpacked') return { backup, state: 'begun' };
    return tries === undefined ? { backup, state: 'asked' } : { backup, state: 'failed', code: tries.code };
  }
  return takeBack === undefined ? undefined : { backup: takeBack.backup, state: 'asked' };
}

function restoreOf(
  { restored, restoreAsked, takeBack, attempts, mending }: ProjectRecord,
  underWay: UnderWay,
  { message = '' }: Project,
): Pick<Project, 'restore'> {
  const begun = restoreUnderWay(underWay, takeBack);
  // Of what a restore has put aside nothing is said: it has a name on this device alone.
  if (begun !== undefined) return isBackupId(begun.backup) ? { restore: begun } : {};
  const { asked } = underWay;
  const word = /^(RESTORE_[A-Z_]+): /.exec(message)?.[1] ?? attempts?.code ?? mending?.code;
  const code = word?.startsWith('RESTORE_') === true ? { code: word } : {};
  const isUnsure = word === 'RESTORE_UNSURE' || restoreAsked?.unsure === true;
  if (asked !== undefined && (isUnsure || asked.backup !== restoreAsked?.backup)) {
    const state = isUnsure ? 'unsure' : 'asked';
    return { restore: { backup: asked.backup, state, ...code } };
  }
  if (restored === undefined || !isBackupId(restored.backup)) return {};
  const { backup, state } = restored;
  return { restore: { backup, state, ...(state === 'done' ? {} : code) } };
}

/** Undefined where no backup fails. */
export function backedUpCondition(projects: readonly Project[]): Condition | undefined {
  const failed = projects.flatMap(({ app, message = '', backupFailing }) =>
    backupFailing === undefined
      ? []
      : [{ code: backupFailing.code, words: `${app}: ${backupFailing.message ?? message}` }],
  );
  const [first] = failed;
  if (first === undefined) return undefined;
  const message = failed.map(({ words }) => words).join('; ');
  return { type: 'BackedUp', status: false, reason: first.code, message: message.slice(0, longestCondition) };
}
