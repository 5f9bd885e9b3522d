/** Records of projects as they lie on the disk: record.json, and beside it the files of the last good state, by hash. */
import { createHash } from 'node:crypto';
import { rm, rmdir } from 'node:fs/promises';
import path from 'node:path';
import type { DesiredProject, ProjectFile } from '../../core/desired/state.ts';
import { namesIn, readBounded, writeDurably } from '../../core/io/file/durable-file.ts';
import { isFields } from '../../core/json.ts';
import type { ProjectRecord } from '../../core/plan/memory.ts';
import type { StoredDevice } from './device-notes.ts';
import { filesOf, fromStored, type StoredFile, type StoredProject, toStored } from './stored-project.ts';

const maxRecordBytes = 64 * 1024 * 1024;
const maxFileBytes = 64 * 1024 * 1024;

interface StoredRecord extends Omit<ProjectRecord, 'lastGood'> {
  lastGood?: StoredProject;
}

/** What lies there is as it was written, or no JSON: nobody but this agent writes it. */
const isRecord = (value: unknown): value is StoredRecord => isFields(value);
const isDevice = (value: unknown): value is StoredDevice => isFields(value);

export class RecordFiles {
  readonly #root: string;
  readonly #onDamage: (file: string, error: unknown) => void;

  /** @param onDamage told of a file that cannot be read: what it said is not known any more */
  constructor(root: string, onDamage: (file: string, error: unknown) => void) {
    this.#root = root;
    this.#onDamage = onDamage;
  }

  get deviceFile(): string {
    return path.join(this.#root, 'device.json');
  }

  file(project: string): string {
    return path.join(this.#root, project, 'record.json');
  }

  async readDevice(): Promise<StoredDevice> {
    return (await this.#readJson(this.deviceFile, isDevice)) ?? {};
  }

  async readAll(): Promise<Map<string, ProjectRecord>> {
    const records = new Map<string, ProjectRecord>();
    for (const name of await namesIn(this.#root)) {
      if (name.startsWith('.') || name === 'device.json') continue;
      const record = await this.#read(name);
      if (record !== undefined) records.set(name, record);
    }
    return records;
  }

  /** @param isNewState whether the last good state is another than lies there */
  async write(project: string, record: ProjectRecord, isNewState: boolean): Promise<void> {
    const { lastGood, ...rest } = record;
    const stored: StoredRecord = {
      ...rest,
      ...(lastGood === undefined ? {} : { lastGood: toStored(lastGood) }),
    };
    if (lastGood !== undefined && isNewState)
      for (const blob of filesOf(lastGood)) await this.#writeBlob(project, blob);
    await writeDurably(this.file(project), JSON.stringify(stored));
    if (lastGood !== undefined && isNewState) await this.#removeOtherBlobs(lastGood);
  }

  async remove(project: string): Promise<void> {
    for (const part of ['record.json', 'blobs']) {
      await rm(path.join(this.#root, project, part), { recursive: true, force: true });
    }
    // What could not be set aside stays in them; where a project had none, they are not there.
    for (const part of ['files', 'secrets'])
      await rmdir(path.join(this.#root, project, part)).catch(() => {});
  }

  async #read(project: string): Promise<ProjectRecord | undefined> {
    const file = this.file(project);
    const stored = await this.#readJson(file, isRecord);
    if (stored === undefined) return undefined;
    const { lastGood, ...rest } = stored;
    if (lastGood === undefined) return rest;
    try {
      return { ...rest, lastGood: await fromStored(lastGood, files => this.#readBlobs(project, files)) };
    } catch (error) {
      this.#onDamage(file, error);
      return rest;
    }
  }

  async #readJson<Value>(
    file: string,
    isValue: (value: unknown) => value is Value,
  ): Promise<Value | undefined> {
    try {
      const bytes = await readBounded(file, maxRecordBytes);
      if (bytes === undefined) return undefined;
      const value: unknown = JSON.parse(bytes.toString('utf8'));
      if (!isValue(value)) throw new Error('it is no object');
      return value;
    } catch (error) {
      this.#onDamage(file, error);
      return undefined;
    }
  }

  #blob(project: string, sha256: string): string {
    return path.join(this.#root, project, 'blobs', sha256);
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

  async #writeBlob(project: string, { sha256, bytes }: ProjectFile): Promise<void> {
    const file = this.#blob(project, sha256);
    if ((await readBounded(file, maxFileBytes)) === undefined) await writeDurably(file, bytes);
  }

  async #removeOtherBlobs(project: DesiredProject): Promise<void> {
    const folder = path.join(this.#root, project.name, 'blobs');
    const keep = new Set(filesOf(project).map(({ sha256 }) => sha256));
    for (const name of await namesIn(folder))
      if (!keep.has(name)) await rm(path.join(folder, name), { force: true });
  }
}
