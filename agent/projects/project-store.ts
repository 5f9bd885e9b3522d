/** What the device remembers of its projects, durable: the last good state, what was set aside, attempts. */
import { createHash } from 'node:crypto';
import { readdir, rm, rmdir } from 'node:fs/promises';
import path from 'node:path';
import type { DesiredProject, ProjectFile } from '../../core/desired/state.ts';
import { TowlineError } from '../../core/errors.ts';
import type { DesiredTunnel } from '../../core/fleet/tunnel.ts';
import { isMissing, readBounded, writeDurably } from '../../core/io/file/durable-file.ts';
import type { ProjectMemory, ProjectRecord } from '../../core/plan/memory.ts';
import { DeviceNotes, type StoredDevice } from './device-notes.ts';
import { Notebook } from './notebook.ts';
import { filesOf, fromStored, type StoredFile, type StoredProject, toStored } from './stored-project.ts';
import { WrittenPathsFile } from './written-paths.ts';

const maxRecordBytes = 64 * 1024 * 1024;
const maxFileBytes = 64 * 1024 * 1024;

interface StoredRecord extends Omit<ProjectRecord, 'lastGood'> {
  lastGood?: StoredProject;
}

export interface ProjectStoreOptions {
  readonly stateDirectory: string;
  /** What else no app may have: of the agent, in memory; of the engine. */
  readonly runtimeDirectory?: string;
  readonly engineSocket?: string;
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
  readonly #root: string;
  readonly #onDamage: (file: string, error: unknown) => void;
  readonly #notebook: Notebook;
  /** What containers of this device could ever write to. */
  readonly written: WrittenPathsFile;
  #loaded: Promise<Loaded> | undefined;
  /** Changes that come while another one is written share the next write. */
  readonly #waiting = new Map<string, { changes: Change[]; written: Promise<void> }>();
  /** Projects whose record on the disk still names containers that were removed. */
  readonly #untidy = new Set<string>();

  constructor(options: ProjectStoreOptions) {
    this.#root = path.join(options.stateDirectory, 'projects');
    this.#onDamage = options.onDamage ?? (() => undefined);
    this.#notebook = new Notebook(options.onNoRoom ?? (() => undefined));
    this.written = new WrittenPathsFile(options, this.#onDamage);
  }

  /** Everything that a planner may know of earlier passes. */
  async memory(nowMs: number): Promise<ProjectMemory> {
    const { records, device } = await this.#load();
    await this.#notebook.alone(() => this.#notebook.writeAgain());
    const { tunnel, holdUntilMs } = device.now;
    return {
      projects: new Map(records),
      nowMs,
      written: await this.written.now(),
      ...(tunnel === undefined ? {} : { tunnel }),
      ...(holdUntilMs === undefined ? {} : { holdUntilMs }),
    };
  }

  /** The project became healthy: this is its last good state now. */
  recordGood(project: DesiredProject): Promise<void> {
    // What failed or waits stays so while something else is desired; the same digest coming good takes it back.
    return this.#change(project.name, ({ setAside, attempts, loop, starting }) => ({
      lastGood: project,
      ...(setAside === undefined || setAside.digest === project.digest ? {} : { setAside }),
      ...(attempts === undefined || attempts.digest === project.digest ? {} : { attempts }),
      ...(loop === undefined ? {} : { loop }),
      ...(starting === undefined ? {} : { starting }),
    }));
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

  /** The project is gone, and its trees were set aside before: its memory goes. Data folders stay. */
  async forget(name: string): Promise<void> {
    const { records } = await this.#load();
    await this.#notebook.alone(async () => {
      records.delete(name);
      this.#untidy.delete(name);
      this.#notebook.drop(this.#file(name));
      for (const part of ['record.json', 'blobs']) {
        await rm(path.join(this.#root, name, part), { recursive: true, force: true });
      }
      // What could not be set aside stays in them; where a project had none, they are not there.
      for (const part of ['files', 'secrets']) await rmdir(path.join(this.#root, name, part)).catch(() => {});
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

  #file(name: string): string {
    return path.join(this.#root, name, 'record.json');
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
    const file = this.#file(name);
    const { lastGood, ...rest } = record;
    const isNew = lastGood !== records.get(name)?.lastGood || !this.#notebook.isWritten(file);
    const stored: StoredRecord = {
      ...rest,
      ...(lastGood === undefined ? {} : { lastGood: toStored(lastGood) }),
    };
    await this.#notebook.write(file, async () => {
      if (lastGood !== undefined && isNew)
        for (const blob of filesOf(lastGood)) await this.#writeBlob(name, blob);
      await writeDurably(file, JSON.stringify(stored));
      if (lastGood !== undefined && isNew) await this.#removeBlobs(lastGood);
    });
    records.set(name, record);
    this.#untidy.delete(name);
  }

  #blob(name: string, sha256: string): string {
    return path.join(this.#root, name, 'blobs', sha256);
  }

  async #writeBlob(name: string, { sha256, bytes }: ProjectFile): Promise<void> {
    const file = this.#blob(name, sha256);
    if ((await readBounded(file, maxFileBytes)) === undefined) await writeDurably(file, bytes);
  }

  async #removeBlobs(project: DesiredProject): Promise<void> {
    const folder = path.join(this.#root, project.name, 'blobs');
    const keep = new Set(filesOf(project).map(({ sha256 }) => sha256));
    for (const name of await namesOf(folder))
      if (!keep.has(name)) await rm(path.join(folder, name), { force: true });
  }

  #load(): Promise<Loaded> {
    this.#loaded ??= this.#read().catch((error: unknown) => {
      this.#loaded = undefined;
      throw error;
    });
    return this.#loaded;
  }

  async #read(): Promise<Loaded> {
    const records = new Map<string, ProjectRecord>();
    for (const name of await namesOf(this.#root)) {
      if (name.startsWith('.') || name === 'device.json') continue;
      const record = await this.#readRecord(name);
      if (record !== undefined) records.set(name, record);
    }
    const file = path.join(this.#root, 'device.json');
    const stored = (await this.#readJson<StoredDevice>(file)) ?? {};
    return { records, device: new DeviceNotes(file, this.#notebook, stored) };
  }

  async #readJson<Value>(file: string): Promise<Value | undefined> {
    try {
      const bytes = await readBounded(file, maxRecordBytes);
      return bytes === undefined ? undefined : (JSON.parse(bytes.toString('utf8')) as Value);
    } catch (error) {
      this.#onDamage(file, error);
      return undefined;
    }
  }

  async #readRecord(name: string): Promise<ProjectRecord | undefined> {
    const file = this.#file(name);
    const stored = await this.#readJson<StoredRecord>(file);
    if (stored === undefined) return undefined;
    const { lastGood, ...rest } = stored;
    if (lastGood === undefined) return rest;
    try {
      return { ...rest, lastGood: await fromStored(lastGood, files => this.#readBlobs(name, files)) };
    } catch (error) {
      this.#onDamage(file, error);
      return rest;
    }
  }

  async #readBlobs(project: string, stored: readonly StoredFile[]): Promise<Map<string, ProjectFile>> {
    const files = new Map<string, ProjectFile>();
    for (const { path: name, mode, sha256 } of stored) {
      const bytes = await readBounded(this.#blob(project, sha256), maxFileBytes);
      if (bytes === undefined || createHash('sha256').update(bytes).digest('hex') !== sha256) {
        throw new Error(`file ${name} of the last good state is missing or damaged`);
      }
      files.set(name, { mode, sha256, bytes });
    }
    return files;
  }
}

async function namesOf(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

function withStarting(record: ProjectRecord, ids: readonly string[], owed: boolean): ProjectRecord {
  const { starting: before = [], ...rest } = record;
  const concerned = ids.filter(id => before.includes(id) !== owed);
  if (concerned.length === 0) return record;
  const starting = owed ? [...before, ...concerned] : before.filter(id => !concerned.includes(id));
  return starting.length === 0 ? rest : { ...rest, starting };
}
