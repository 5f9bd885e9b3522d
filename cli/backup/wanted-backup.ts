/** The backup that somebody names: as the device has signed that it has it, else as its store has it. */
import { tmpdir } from 'node:os';
import { backupTimeMs } from '../../core/backup/manifest.ts';
import { parseStored } from '../../core/backup/stored.ts';
import { messageOf } from '../../core/errors/cause.ts';
import { isTowlineError, TowlineError } from '../../core/errors.ts';
import type { Fleet } from '../../core/fleet/fleet.ts';
import { storedManifest } from '../../core/io/backup/fetch-backup.ts';
import { formatBytes } from '../../core/plan/quantity.ts';
import { timeWord } from '../../core/time-word.ts';
import { unknownName } from '../../core/unknown-name.ts';
import { Lookout } from '../status/sight.ts';
import { DeskStore, type DeskStoreOptions } from './desk-store.ts';
import { ageWords } from './list.ts';
import { backupsIn } from './rows.ts';

export interface WantedBackup {
  readonly id: string;
  /** That ran; undefined: nobody says. */
  readonly release?: string;
  /** Of its files. */
  readonly bytes?: number;
  /** `device`, and stores. */
  readonly where: readonly string[];
}

export interface BackupQuestion {
  readonly device: string;
  readonly app: string;
  /** An id, or `latest`. */
  readonly backup: string;
}

export interface FindOptions extends DeskStoreOptions {
  readonly telemetry?: string;
}

interface Said {
  readonly fleet: Fleet;
  readonly found?: WantedBackup;
  /** The newest that a store has; `where` is stores alone. */
  readonly inStores?: WantedBackup;
  readonly ids: readonly string[];
  /** Why what it says counts for nothing. */
  readonly doubt?: string;
}

/** `1h ago, release 1.0.0, 3 MiB, from vault` */
export function backupFacts({ id, release, bytes, where }: WantedBackup): string {
  const time = timeWord(backupTimeMs(id));
  return [
    `${ageWords({ time }, Date.now())} ago`,
    ...(release === undefined ? [] : [`release ${release}`]),
    ...(bytes === undefined ? [] : [formatBytes(bytes)]),
    ...(where.length === 0 ? [] : [`from ${where[0]}`]),
  ].join(', ');
}

/** @throws TowlineError as `Lookout.look` */
async function saidByDevice(
  { device, app, backup }: BackupQuestion,
  options: FindOptions,
  signal: AbortSignal,
): Promise<Said> {
  await using lookout = await Lookout.open({ ...options, devices: [device] }, signal);
  const sight = await lookout.look(signal);
  const { backups } = backupsIn(sight, { nowMs: Date.now(), schedules: new Map(), app });
  const own = backups.filter(row => row.device === device);
  const kept = own.filter(({ cause }) => cause !== 'aside');
  const byTime = [...kept].sort((left, right) => (left.time < right.time ? 1 : -1));
  const row = backup === 'latest' ? byTime[0] : own.find(one => one.backup === backup);
  const copied = byTime.find(({ where }) => where.length > 1);
  const { doubt } = sight.reports.get(device) ?? { doubt: 'it has said nothing yet' };
  return {
    fleet: sight.fleet,
    ids: own.map(one => one.backup),
    ...(doubt === undefined ? {} : { doubt }),
    ...(row === undefined ? {} : { found: { ...row, id: row.backup } }),
    ...(copied === undefined
      ? {}
      : { inStores: { ...copied, id: copied.backup, where: copied.where.filter(one => one !== 'device') } }),
  };
}

/** @throws TowlineError RESTORE_NO_BACKUP where neither the device nor the store has it; as `Lookout.look`; CLI_NO_SUCH_DEVICE */
export async function wantedBackup(
  question: BackupQuestion,
  options: FindOptions,
  signal: AbortSignal,
): Promise<WantedBackup> {
  const { device, app, backup } = question;
  const said = await saidByDevice(question, options, signal);
  if (said.found !== undefined) return said.found;
  const stored = await inStore(question, { ...options, ...storeOf(said.fleet, question, options) }, signal);
  if ('id' in stored) return stored;
  const ids = [...new Set([...said.ids, ...stored.ids])];
  const what = backup === 'latest' ? `no backup of ${app} is known` : unknownName('backup', backup, ids);
  const doubt = said.doubt === undefined ? '' : `; ${device} is not heard: ${said.doubt}`;
  throw new TowlineError('RESTORE_NO_BACKUP', `${what}${doubt}; ${stored.why}`);
}

/**
 * The newest that a store has, for a device whose own are gone: by the device's last word, or by the store, which may know of a
 * later one.
 * @returns why there is none, where that is so. @throws TowlineError as `Lookout.look`
 */
export async function storedBackup(
  question: Omit<BackupQuestion, 'backup'>,
  options: FindOptions,
  signal: AbortSignal,
): Promise<WantedBackup | NoBackup> {
  const latest = { ...question, backup: 'latest' };
  const { fleet, inStores, doubt } = await saidByDevice(latest, options, signal);
  const stored = await inStore(latest, { ...options, ...storeOf(fleet, latest, options) }, signal);
  // What a store says of itself is later than what the device has said of it.
  const asked = 'id' in stored ? stored.where[0] : stored.asked;
  const where = inStores?.where.filter(name => name !== asked) ?? [];
  const inOthers = inStores === undefined || where.length === 0 ? undefined : { ...inStores, where };
  // Ids begin with the time.
  if ('id' in stored) return inOthers !== undefined && inOthers.id > stored.id ? inOthers : stored;
  if (inOthers !== undefined) return inOthers;
  return {
    ...stored,
    why: doubt === undefined ? stored.why : `${stored.why}; ${question.device} is not heard: ${doubt}`,
  };
}

/** The one that the app's file names now, where the device has it: of several somebody has to say which. */
function storeOf(
  { apps }: Fleet,
  { app }: BackupQuestion,
  { store }: FindOptions,
): { readonly store?: string } {
  if (store !== undefined) return { store };
  const to = apps.get(app)?.file?.value.backup?.to;
  return to === undefined || to === 'local' ? {} : { store: to };
}

interface NoBackup {
  readonly why: string;
  /** The store that has answered. */
  readonly asked?: string;
}

/** What cannot be asked is said, not thrown: that the device does not have it is the news. */
async function inStore(
  question: BackupQuestion,
  options: FindOptions,
  signal: AbortSignal,
): Promise<WantedBackup | (NoBackup & { readonly ids: readonly string[] })> {
  try {
    await using store = await DeskStore.open(question.device, options);
    return await askStore(store, question, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (!isTowlineError(error)) throw error;
    return { ids: [], why: `no store was asked: ${error.code}: ${messageOf(error)}` };
  }
}

async function askStore(
  store: DeskStore,
  { device, app, backup }: BackupQuestion,
  signal: AbortSignal,
): Promise<WantedBackup | (NoBackup & { readonly ids: readonly string[] })> {
  const { name, fleet } = store;
  const stored = parseStored(await store.restic(['snapshots', '--json', '--host', device], signal));
  const whole = stored.filter(({ project }) => project !== undefined);
  const source = { fetch: (tags: string) => store.fetch(tags, tmpdir(), signal) };
  // Which app a project is of, its manifest says: one is read for each.
  const others = new Set<string>();
  for (const { backup: id, project = '' } of whole) {
    if (others.has(project) || (backup !== 'latest' && id !== backup)) continue;
    const manifest = await storedManifest({ source, backup: id, of: { fleet, device } });
    if (manifest.app !== app) {
      others.add(project);
      continue;
    }
    const bytes = manifest.volumes.reduce((sum, volume) => sum + volume.bytes, 0);
    const { release } = manifest;
    return { id, bytes, where: [name], ...(release === undefined ? {} : { release }) };
  }
  const ids = whole.map(each => each.backup);
  return {
    ids,
    asked: name,
    why: `store ${name} has ${whole.length === 0 ? 'none' : 'none like it'} of ${app}`,
  };
}
