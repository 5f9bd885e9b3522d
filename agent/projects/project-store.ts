/** What the device remembers of its projects, durable: the last good state, what was set aside, attempts. */
import path from 'node:path';
import type { DesiredProject } from '../../core/desired/state.ts';
import { TowlineError } from '../../core/errors.ts';
import type { DesiredTunnel } from '../../core/fleet/tunnel.ts';
import type { ProjectMemory, ProjectRecord } from '../../core/plan/memory.ts';
import { DeviceNotes } from './device-notes.ts';
import { goodRecord } from './good-record.ts';
import { Notebook } from './notebook.ts';
import { RecordFiles } from './record-files.ts';
import { RestoreNotes } from './restore-notes.ts';
import { WrittenPathsFile } from './written-paths.ts';

export interface ProjectStoreOptions {
  readonly stateDirectory: string;
  /** What else no app may have: of the agent, in memory; of the engine. */
  readonly runtimeDirectory?: string;
  readonly engineSocket?: string;
  /** What lies of its data on the device; absent: nobody looks. */
  readonly backups?: { all(): Promise<NonNullable<ProjectMemory['backups']>> };
  /** Called for a file that cannot be read: the device goes on without what it said. */
  readonly onDamage?: (file: string, error: unknown) => void;
  /** Called for a file that there is no room for: what it would say is known until the agent ends. */
  readonly onNoRoom?: (file: string, error: unknown) => void;
}

interface Loaded {
  readonly records: Map<string, ProjectRecord>;
  readonly device: DeviceNotes;
}

type Change = (before: ProjectRecord) => ProjectRecord;

/**
 * One object for the life of the agent. Each write is durable before it resolves, but where the disk is full: an
 * update that is half done is better ended than left, so that is remembered in memory and written when there is room.
 */
export class ProjectStore {
  readonly #files: RecordFiles;
  readonly #notebook: Notebook;
  readonly #backups: ProjectStoreOptions['backups'];
  /** What containers of this device could ever write to. */
  readonly written: WrittenPathsFile;
  /** Restores that are under way. */
  readonly restores: RestoreNotes;
  #loaded: Promise<Loaded> | undefined;
  /** Changes that come while another one is written share the next write. */
  readonly #waiting = new Map<string, { changes: Change[]; written: Promise<void> }>();
  /** Projects whose record on the disk still names containers that were removed. */
  readonly #untidy = new Set<string>();

  constructor(options: ProjectStoreOptions) {
    const { stateDirectory, onDamage = () => undefined, onNoRoom = () => undefined } = options;
    this.#files = new RecordFiles(path.join(stateDirectory, 'projects'), onDamage);
    this.restores = new RestoreNotes(path.join(stateDirectory, 'projects'));
    this.#notebook = new Notebook(onNoRoom);
    this.#backups = options.backups;
    this.written = new WrittenPathsFile(options, onDamage);
  }

  /** Everything that a planner may know of earlier passes. */
  async memory(nowMs: number): Promise<ProjectMemory> {
    const { records, device } = await this.#load();
    await this.#notebook.alone(() => this.#notebook.writeAgain());
    const { tunnel, holdUntilMs, downloads } = device.now;
    return {
      projects: new Map(records),
      nowMs,
      written: await this.written.now(),
      restores: await this.restores.now(),
      ...(this.#backups === undefined ? {} : { backups: await this.#backups.all() }),
      ...(tunnel === undefined ? {} : { tunnel }),
      ...(holdUntilMs === undefined ? {} : { holdUntilMs }),
      ...(downloads === undefined ? {} : { downloads: new Map(Object.entries(downloads)) }),
    };
  }

  /** The project became healthy: this is its last good state now. */
  recordGood(project: DesiredProject): Promise<void> {
    return this.#change(project.name, before => goodRecord(before, project));
  }

  /** Changes a record; members given as undefined are removed. */
  update(
    name: string,
    change: { readonly [Key in keyof ProjectRecord]?: ProjectRecord[Key] | undefined },
  ): Promise<void> {
    return this.#change(name, before => {
      const merged = Object.entries({ ...before, ...change });
      return Object.fromEntries(merged.filter(([, value]) => value !== undefined));
    });
  }

  /** As `update`, where what follows must not happen unless it lasts. @throws TowlineError AGENT_DISK_FULL */
  async noteFirst(name: string, change: Parameters<ProjectStore['update']>[1]): Promise<void> {
    await this.update(name, change);
    if (this.#notebook.isWritten(this.#files.file(name))) return;
    throw new TowlineError('AGENT_DISK_FULL', `there is no room to note what becomes of ${name}`);
  }

  /** The project is gone, and its trees were set aside before: its memory goes. Data folders stay. */
  async forget(name: string): Promise<void> {
    const { records } = await this.#load();
    await this.restores.forget(name);
    await this.#notebook.alone(async () => {
      records.delete(name);
      this.#untidy.delete(name);
      this.#notebook.drop(this.#files.file(name));
      await this.#files.remove(name);
    });
  }

  /** Remembers since when the tunnel is to be open. */
  async noteTunnel(tunnel: DesiredTunnel, nowMs: number): Promise<void> {
    await (await this.#load()).device.noteTunnel(tunnel, nowMs);
  }

  /** `towline agent hold`: nothing is touched before this time; undefined takes it back. */
  async hold(untilMs: number | undefined): Promise<void> {
    await (await this.#load()).device.hold(untilMs);
    if (this.#notebook.full) throw new TowlineError('AGENT_DISK_FULL', 'there is no room to note the hold');
  }

  /** Images that states of this device have needed: reference → when last, milliseconds since the epoch. */
  async images(): Promise<ReadonlyMap<string, number>> {
    return new Map(Object.entries((await this.#load()).device.now.images ?? {}));
  }

  /** Reference → the engine's id, of images that came through the gateway. */
  async imageIds(): Promise<ReadonlyMap<string, string>> {
    return new Map(Object.entries((await this.#load()).device.now.imageIds ?? {}));
  }

  async noteImageId(reference: string, id: string, nowMs: number): Promise<void> {
    await (await this.#load()).device.noteImageId(reference, id, nowMs);
  }

  /** `downloadKey` → when it was first seen, of all that comes ahead now. */
  async noteDownloads(seen: ReadonlyMap<string, number>): Promise<void> {
    await (await this.#load()).device.noteDownloads(seen);
  }

  /** Notes what is needed now and drops what was removed. Written at most once an hour while nothing else changes. */
  async noteImages(needed: Iterable<string>, removed: Iterable<string>, nowMs: number): Promise<void> {
    await (await this.#load()).device.noteImages(needed, removed, nowMs);
  }

  /** Notes that the start of containers is owed, or that it is over. @param ids of the engine */
  noteStarting(name: string, ids: readonly string[], owed: boolean): Promise<void> {
    return this.#change(name, before => withStarting(before, ids, owed));
  }

  /** Nothing is owed to a container that is not there any more. The disk is told with the next write, or by `tidy`. */
  async noteGone(name: string, id: string): Promise<void> {
    const { records } = await this.#load();
    await this.#notebook.alone(async () => {
      const before = records.get(name);
      if (before?.starting?.includes(id) !== true) return;
      records.set(name, withStarting(before, [id], false));
      this.#untidy.add(name);
    });
  }

  /** Writes what `noteGone` has left. */
  async tidy(): Promise<void> {
    for (const name of [...this.#untidy]) await this.#change(name, before => ({ ...before }));
  }

  async record(name: string): Promise<ProjectRecord> {
    return (await this.#load()).records.get(name) ?? {};
  }

  #change(name: string, change: Change): Promise<void> {
    const waiting = this.#waiting.get(name);
    if (waiting !== undefined) {
      waiting.changes.push(change);
      return waiting.written;
    }
    const changes = [change];
    const written = this.#notebook.alone(async () => {
      this.#waiting.delete(name);
      const { records } = await this.#load();
      const before = records.get(name) ?? {};
      const next = changes.reduce((record, one) => one(record), before);
      if (next !== before) await this.#write(records, name, next);
    });
    this.#waiting.set(name, { changes, written });
    return written;
  }

  async #write(records: Map<string, ProjectRecord>, name: string, record: ProjectRecord): Promise<void> {
    const file = this.#files.file(name);
    const isNewState = record.lastGood !== records.get(name)?.lastGood || !this.#notebook.isWritten(file);
    await this.#notebook.write(file, () => this.#files.write(name, record, isNewState));
    records.set(name, record);
    this.#untidy.delete(name);
  }

  #load(): Promise<Loaded> {
    this.#loaded ??= this.#read().catch((error: unknown) => {
      this.#loaded = undefined;
      throw error;
    });
    return this.#loaded;
  }

  async #read(): Promise<Loaded> {
    const records = await this.#files.readAll();
    const stored = await this.#files.readDevice();
    return { records, device: new DeviceNotes(this.#files.deviceFile, this.#notebook, stored) };
  }
}

function withStarting(record: ProjectRecord, ids: readonly string[], owed: boolean): ProjectRecord {
  const { starting: before = [], ...rest } = record;
  const concerned = ids.filter(id => before.includes(id) !== owed);
  if (concerned.length === 0) return record;
  const starting = owed ? [...before, ...concerned] : before.filter(id => !concerned.includes(id));
  return starting.length === 0 ? rest : { ...rest, starting };
}
