/** What an app's file says of backups and cannot be so: said before a device finds out with nothing kept. */
import type { AppFile } from '../../schemas/types.generated.ts';
import type { ComposeResult } from '../compose/load/load.ts';
import type { ComposeModel } from '../compose/value/model.ts';
import type { ErrorCode, Position, Problem } from '../errors.ts';
import type { CheckedFile } from '../fleet/schema-check.ts';
import { suggestion } from '../nearest.ts';
import { nextTime } from './due.ts';
import { volumeUsers } from './volume-users.ts';

export interface BackupTold {
  readonly problems: Problem[];
  readonly warnings: Problem[];
}

interface Checked {
  readonly model: ComposeModel;
  readonly volumes: ComposeResult['volumes'];
  readonly file: CheckedFile<'app'> | undefined;
  /** Where the release says that no earlier one can read its data; absent: it does not. */
  readonly oneWay: Position | undefined;
}

type Backup = NonNullable<AppFile['backup']>;
type Say = (code: ErrorCode, message: string, below: string) => Problem;
type Facts = Checked & { readonly backup: Backup; readonly say: Say };

const isPath = (text: string): boolean => /[/\\]|^\.|^~/.test(text);

function volumeProblems({ backup, volumes, say }: Facts): Problem[] {
  if (backup.volumes === 'all') {
    if ([...volumes.values()].includes('own')) return [];
    const message = 'the Compose files declare no volume that the app makes itself: `all` is none';
    return [say('FLEET_BACKUP_VOLUME', message, '/volumes')];
  }
  return backup.volumes.flatMap((key, index): Problem[] => {
    const kind = volumes.get(key);
    if (kind === 'own') return [];
    const unknown = isPath(key)
      ? `"${key}" is a path: folders that are mounted are no volumes, and are not backed up`
      : `the Compose files declare no volume "${key}"${suggestion(key, volumes.keys())}`;
    const message = kind === 'external' ? `volume "${key}" is external: whoever makes it keeps it` : unknown;
    return [say('FLEET_BACKUP_VOLUME', message, `/volumes/${index}`)];
  });
}

function hookProblems({ backup, model, say }: Facts): Problem[] {
  const problems = (['pre', 'post'] as const).flatMap((name): Problem[] => {
    const { service } = backup[name] ?? {};
    if (service === undefined || Object.hasOwn(model.services, service)) return [];
    const message = `no service "${service}" runs${suggestion(service, Object.keys(model.services))}`;
    return [say('FLEET_BACKUP_HOOK', message, `/${name}/service`)];
  });
  const { mode = 'stop', pre, post } = backup;
  if (post !== undefined && mode === 'stop') {
    const message = '`post` has no container to run in: with `mode: stop` they are stopped';
    problems.push(say('FLEET_BACKUP_HOOK', message, '/post'));
  }
  if (mode === 'hook' && pre === undefined) {
    const message = '`mode: hook` keeps what `pre` has written, and there is no `pre`';
    problems.push(say('FLEET_BACKUP_HOOK', message, '/mode'));
  }
  return problems;
}

function scheduleProblems({ backup: { before = 'upgrade', schedule }, say }: Facts): Problem[] {
  const code = 'FLEET_BACKUP_SCHEDULE';
  if (before !== 'upgrade' && schedule === undefined)
    return [say(code, `\`before: ${before}\` has no \`schedule\``, '/before')];
  if (schedule === undefined) return [];
  if (before === 'upgrade')
    return [say(code, 'nothing is made by `schedule`: `before` is upgrade', '/schedule')];
  const comes = nextTime(schedule, Date.UTC(2024, 0)) !== undefined;
  return comes ? [] : [say(code, `"${schedule}" never comes`, '/schedule')];
}

/** What its users could not go back from without the data as it was. */
function oneWayProblems({ oneWay, backup, say }: Facts): Problem[] {
  if (oneWay === undefined) return [];
  const wanted = 'the release’s data cannot be read by an earlier one (`migration: one-way`):';
  const { required = true, before = 'upgrade', onRollback = 'keep' } = backup;
  const lacks: [boolean, string, string][] = [
    [required, 'the backup must be `required`', '/required'],
    [before !== 'schedule', '`before` must be upgrade or both', '/before'],
    [onRollback === 'restore', '`onRollback` must be restore', '/onRollback'],
  ];
  return lacks.flatMap(([holds, what, below]) =>
    holds ? [] : [say('FLEET_BACKUP_ONE_WAY', `${wanted} ${what}`, below)],
  );
}

/** Nobody writes to it: either the wrong one is named, or it is kept for nothing. */
function unusedWarnings({ backup, model, volumes, say }: Facts): Problem[] {
  if (backup.volumes === 'all') return [];
  return backup.volumes.flatMap((key, index): Problem[] => {
    if (volumes.get(key) !== 'own' || volumeUsers(model, key).size > 0) return [];
    return [say('FLEET_BACKUP_UNUSED', `no service that runs uses volume "${key}"`, `/volumes/${index}`)];
  });
}

/** An app that keeps data, and a release after which nobody can go back: without a backup it is lost. */
function withoutBackup({ oneWay, model, volumes }: Checked): Problem[] {
  const own = [...volumes].filter(([key, kind]) => kind === 'own' && volumeUsers(model, key).size > 0);
  if (oneWay === undefined || own.length === 0) return [];
  const message = `the app keeps data (volume "${own[0]?.[0]}") and has no \`backup\`: no way leads back from this release`;
  return [{ code: 'FLEET_BACKUP_ONE_WAY', message, position: oneWay }];
}

export function checkBackup(checked: Checked): BackupTold {
  const { file } = checked;
  const backup = file?.value.backup;
  if (file === undefined || backup === undefined) return { problems: withoutBackup(checked), warnings: [] };
  const say: Say = (code, message, below) => ({ code, message, position: file.locate(`/backup${below}`) });
  const facts = { ...checked, backup, say };
  const parts = [volumeProblems, hookProblems, scheduleProblems, oneWayProblems];
  return { problems: parts.flatMap(part => part(facts)), warnings: unusedWarnings(facts) };
}
