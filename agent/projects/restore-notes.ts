/** What is noted of restores that are under way: a file for each project, in two copies that are known when they are damaged. */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { parseRestoreNote, type RestoreNote } from '../../core/backup/restore-note.ts';
import { CheckedFile } from '../../core/io/file/checked-file.ts';
import { namedIfDiskFull } from '../../core/io/file/disk-full.ts';
import { namesIn, syncFolder } from '../../core/io/file/durable-file.ts';

export class RestoreNotes {
  readonly #root: string;
  #loading: Promise<Map<string, RestoreNote | 'damaged'>> | undefined;

  /** @param root folder of the projects */
  constructor(root: string) {
    this.#root = root;
  }

  async now(): Promise<ReadonlyMap<string, RestoreNote | 'damaged'>> {
    return new Map(await this.#load());
  }

  async of(project: string): Promise<RestoreNote | 'damaged' | undefined> {
    return (await this.#load()).get(project);
  }

  /** Resolves when it is durable. @throws TowlineError AGENT_DISK_FULL: then the one before counts */
  async note(project: string, note: RestoreNote): Promise<void> {
    const notes = await this.#load();
    try {
      await this.#file(project).write(note);
    } catch (error) {
      throw namedIfDiskFull(error);
    }
    notes.set(project, note);
  }

  /** It is over. A full disk does not keep it. */
  async clear(project: string): Promise<void> {
    const notes = await this.#load();
    if (!notes.has(project)) return;
    const file = this.#path(project);
    for (const each of [file, `${file}.copy`]) await rm(each, { force: true });
    await syncFolder(path.dirname(file));
    notes.delete(project);
  }

  #path(project: string): string {
    return path.join(this.#root, project, 'restore');
  }

  #file(project: string): CheckedFile<RestoreNote> {
    return new CheckedFile(this.#path(project), parseRestoreNote);
  }

  #load(): Promise<Map<string, RestoreNote | 'damaged'>> {
    this.#loading ??= this.#read().catch((error: unknown) => {
      this.#loading = undefined;
      throw error;
    });
    return this.#loading;
  }

  async #read(): Promise<Map<string, RestoreNote | 'damaged'>> {
    const notes = new Map<string, RestoreNote | 'damaged'>();
    for (const project of await namesIn(this.#root)) {
      if (project.startsWith('.') || project === 'device.json') continue;
      const found = await this.#file(project).read();
      if (found.kind === 'value') notes.set(project, found.value);
      if (found.kind === 'garbage') notes.set(project, 'damaged');
    }
    return notes;
  }
}
