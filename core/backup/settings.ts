/** What an app's file says of its backups, with defaults applied. */
import type { AppFile } from '../../schemas/types.generated.ts';
import type { ComposeResult } from '../compose/load/load.ts';
import { parseDuration } from '../duration.ts';
import { parseSize } from '../fleet/size.ts';

type BackupFile = NonNullable<AppFile['backup']>;

export type BackupMode = NonNullable<BackupFile['mode']>;

/** A command in a container of the app. */
export interface BackupHook {
  readonly service: string;
  readonly command: readonly string[];
  readonly timeoutMs: number;
}

export interface BackupKeep {
  readonly number: number;
  readonly ageMs?: number;
  /** All backups of the app together. */
  readonly bytes?: number;
}

export interface BackupSettings {
  /** Keys of the Compose file, sorted. */
  readonly volumes: readonly string[];
  readonly mode: BackupMode;
  /** Before a change of a service that uses one of the volumes. */
  readonly beforeUpgrade: boolean;
  /** Cron expression, in UTC. Absent: never by the clock. */
  readonly schedule?: string;
  readonly keep: BackupKeep;
  readonly required: boolean;
  readonly timeoutMs: number;
  readonly pre?: BackupHook;
  readonly post?: BackupHook;
  /** Name of the store that backups are copied to. Absent: they stay on the device. */
  readonly store?: string;
  readonly onRollback: 'keep' | 'restore';
}

const hook = ({ service, command, timeout = '5m' }: NonNullable<BackupFile['pre']>): BackupHook => ({
  service,
  command,
  timeoutMs: parseDuration(timeout),
});

function keepOf({ number = 3, age, bytes }: NonNullable<BackupFile['keep']>): BackupKeep {
  return {
    number,
    ...(age === undefined ? {} : { ageMs: parseDuration(age) }),
    ...(bytes === undefined ? {} : { bytes: parseSize(bytes) }),
  };
}

/** @param declared volumes of the Compose files: `all` are those that the app makes itself */
export function backupSettings(
  backup: BackupFile | undefined,
  declared: ComposeResult['volumes'],
): BackupSettings | undefined {
  if (backup === undefined) return undefined;
  const { volumes, before = 'upgrade', schedule, pre, post, to = 'local' } = backup;
  const own = [...declared].filter(([, kind]) => kind === 'own').map(([key]) => key);
  return {
    volumes: (volumes === 'all' ? own : [...volumes]).sort(),
    mode: backup.mode ?? 'stop',
    beforeUpgrade: before !== 'schedule',
    ...(before === 'upgrade' || schedule === undefined ? {} : { schedule }),
    keep: keepOf(backup.keep ?? {}),
    required: backup.required ?? true,
    timeoutMs: parseDuration(backup.timeout ?? '30m'),
    ...(pre === undefined ? {} : { pre: hook(pre) }),
    ...(post === undefined ? {} : { post: hook(post) }),
    ...(to === 'local' ? {} : { store: to }),
    onRollback: backup.onRollback ?? 'keep',
  };
}
