/** What the device remembers of its projects, durable: the last good state, what was set aside, attempts. */
import { createHash } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { DesiredProject, DesiredTunnel, ProjectFile } from '../../core/desired/state.ts';
import { TowlineError } from '../../core/errors.ts';
import { isDiskFull } from '../../core/io/disk-full.ts';
import { isMissing, readBounded, writeDurably } from '../../core/io/durable-file.ts';
import type { ProjectMemory, ProjectRecord } from '../../core/plan/memory.ts';
import { tunnelKey } from '../../core/plan/tunnel-steps.ts';
import { filesOf, fromStored, type StoredFile, type StoredProject, toStored } from './stored-project.ts';

const maxRecordBytes = 64 * 1024 * 1024;
const imageNoteMs = 60 * 60_000;
const maxFileBytes = 64 * 1024 * 1024;

interface StoredRecord extends Omit<ProjectRecord, 'lastGood'> {
  lastGood?: StoredProject;
}

interface StoredDevice {
  tunnel?: { key: string; firstOpenMs: number };
  holdUntilMs?: number;
  /** Reference → when a state here last needed it, milliseconds since the epoch. */
  images?: Record<string, number>;
}

export interface ProjectStoreOptions {
  readonly stateDirectory: string;
  /** Called for a file that cannot be read: the device goes on without what it said. */
  readonly onDamage?: (file: string, error: unknown) => void;
  /** Called for a file that there is no room for: what it would say is known until the agent ends. */
  readonly onNoRoom?: (file: string, error: unknown) => void;
}

/**
 * One object for the life of the agent. Each write is durable before it resolves, but where the disk is full: an
 * update that is half done is better ended than left, so that is remembered in memory and written when there is room.
 */
export class ProjectStore {
  readonly #root: string;
  readonly #onDamage: (file: string, error: unknown) => void;
  readonly #onNoRoom: (file: string, error: unknown) => void;
  /** Files that there was no room for → how they are written. */
  readonly #unwritten = new Map<string, () => Promise<void>>();
  #records: Map<string, ProjectRecord> | undefined;
  #device: StoredDevice = {};
  #notes: Promise<void> = Promise.resolve();

  constructor(options: ProjectStoreOptions) {
    this.#root = path.join(options.stateDirectory, 'projects');
    this.#onDamage = options.onDamage ?? (() => undefined);
    this.#onNoRoom = options.onNoRoom ?? (() => undefined);
  }

  /** Everything that a planner may know of earlier passes. */
  async memory(nowMs: number): Promise<ProjectMemory> {
    const records = await this.#load();
    for (const [file, write] of [...this.#unwritten]) await this.#keep(file, write);
    const { tunnel, holdUntilMs } = this.#device;
    return {
      projects: new Map(records),
      nowMs,
      ...(tunnel === undefined ? {} : { tunnel }),
      ...(holdUntilMs === undefined ? {} : { holdUntilMs }),
    };
  }

  /** The project became healthy: this is its last good state now. */
  async recordGood(project: DesiredProject): Promise<void> {
    const record = await this.record(project.name);
    const setAside = record.setAside;
    await this.#write(project.name, {
      lastGood: project,
      // What was set aside stays so while something else is desired; the same digest coming good takes it back.
      ...(setAside === undefined || setAside.digest === project.digest ? {} : { setAside }),
    });
  }

  /** Changes a record; members given as undefined are removed. */
  async update(
    name: string,
    change: { readonly [Key in keyof ProjectRecord]?: ProjectRecord[Key] | undefined },
  ): Promise<void> {
    const merged = Object.entries({ ...(await this.record(name)), ...change });
    await this.#write(name, Object.fromEntries(merged.filter(([, value]) => value !== undefined)));
  }

  /** The project is gone: its memory, files and data folder of the app's own files go. Data folders stay. */
  async forget(name: string): Promise<void> {
    (await this.#load()).delete(name);
    this.#unwritten.delete(path.join(this.#root, name, 'record.json'));
    for (const part of ['record.json', 'blobs', 'files', 'secrets']) {
      await rm(path.join(this.#root, name, part), { recursive: true, force: true });
    }
  }

  /** Remembers since when the tunnel is to be open. */
  async noteTunnel(tunnel: DesiredTunnel, nowMs: number): Promise<void> {
    await this.#load();
    const key = tunnelKey(tunnel);
    const before = this.#device.tunnel;
    if (tunnel.state === 'closed' ? before === undefined : before?.key === key) return;
    const { tunnel: _before, ...rest } = this.#device;
    await this.#writeDevice(
      tunnel.state === 'closed' ? rest : { ...rest, tunnel: { key, firstOpenMs: nowMs } },
    );
  }

  /** `towline agent hold`: nothing is touched before this time; undefined takes it back. */
  async hold(untilMs: number | undefined): Promise<void> {
    await this.#load();
    const { holdUntilMs: _before, ...rest } = this.#device;
    await this.#writeDevice(untilMs === undefined ? rest : { ...rest, holdUntilMs: untilMs });
    if (this.#unwritten.size > 0)
      throw new TowlineError('AGENT_DISK_FULL', 'there is no room to note the hold');
  }

  /** Images that states of this device have needed: reference → when last, milliseconds since the epoch. */
  async images(): Promise<ReadonlyMap<string, number>> {
    await this.#load();
    return new Map(Object.entries(this.#device.images ?? {}));
  }

  /** Notes what is needed now and drops what was removed. Written at most once an hour while nothing else changes. */
  async noteImages(needed: Iterable<string>, removed: Iterable<string>, nowMs: number): Promise<void> {
    const before = await this.images();
    const images = new Map(before);
    for (const reference of removed) images.delete(reference);
    let changed = images.size !== before.size;
    for (const reference of needed) {
      // Also where a clock that ran ahead has noted it.
      if (Math.abs(nowMs - (images.get(reference) ?? Number.NEGATIVE_INFINITY)) < imageNoteMs) continue;
      images.set(reference, nowMs);
      changed = true;
    }
    if (changed) await this.#writeDevice({ ...this.#device, images: Object.fromEntries(images) });
  }

  /** Notes that a container's start is owed, or that it is over. @param id of the engine */
  noteStarting(name: string, id: string, owed: boolean): Promise<void> {
    // Services start side by side: one note after the other, or one would write over the next.
    const next = this.#notes.then(async () => {
      const before = (await this.record(name)).starting ?? [];
      if (before.includes(id) === owed) return;
      const starting = owed ? [...before, id] : before.filter(other => other !== id);
      await this.update(name, { starting: starting.length === 0 ? undefined : starting });
    });
    this.#notes = next.catch(() => undefined);
    return next;
  }

  async record(name: string): Promise<ProjectRecord> {
    return (await this.#load()).get(name) ?? {};
  }

  async #writeDevice(device: StoredDevice): Promise<void> {
    const file = path.join(this.#root, 'device.json');
    await this.#keep(file, () => writeDurably(file, JSON.stringify(device)));
    this.#device = device;
  }

  async #write(name: string, record: ProjectRecord): Promise<void> {
    const records = await this.#load();
    const file = path.join(this.#root, name, 'record.json');
    const { lastGood, ...rest } = record;
    const isNew = lastGood !== records.get(name)?.lastGood || this.#unwritten.has(file);
    const stored: StoredRecord = {
      ...rest,
      ...(lastGood === undefined ? {} : { lastGood: toStored(lastGood) }),
    };
    await this.#keep(file, async () => {
      if (lastGood !== undefined && isNew)
        for (const blob of filesOf(lastGood)) await this.#writeBlob(name, blob);
      await writeDurably(file, JSON.stringify(stored));
      if (lastGood !== undefined && isNew) await this.#removeBlobs(lastGood);
    });
    records.set(name, record);
  }

  async #keep(file: string, write: () => Promise<void>): Promise<void> {
    try {
      await write();
      this.#unwritten.delete(file);
    } catch (error) {
      if (!isDiskFull(error)) throw error;
      if (!this.#unwritten.has(file)) this.#onNoRoom(file, error);
      this.#unwritten.set(file, write);
    }
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

  async #load(): Promise<Map<string, ProjectRecord>> {
    if (this.#records !== undefined) return this.#records;
    const records = new Map<string, ProjectRecord>();
    for (const name of await namesOf(this.#root)) {
      if (name.startsWith('.') || name === 'device.json') continue;
      const record = await this.#readRecord(name);
      if (record !== undefined) records.set(name, record);
    }
    this.#device = (await this.#readJson<StoredDevice>(path.join(this.#root, 'device.json'))) ?? {};
    this.#records = records;
    return records;
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
    const file = path.join(this.#root, name, 'record.json');
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
