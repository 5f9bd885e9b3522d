/** What is noted of restores that are under way: a file for each project, in two copies that are known when they are damaged. */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { parseRestoreNote, type RestoreNote } from '../../core/backup/restore-note.ts';
import { CheckedFile } from '../../core/io/file/checked-file.ts';
import { namedIfDiskFull } from '../../core/io/file/disk-full.ts';
import { namesIn, syncFolder } from '../../core/io/file/durable-file.ts';

export class RestoreNotes {
  readonly #root: string;
  #last: Promise<unknown> = Promise.resolve();
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
    await this.change(project, () => note);
  }

  /**
   * As `note`, made of the one before, which nobody changes meanwhile: a person asks while a pass goes on.
   * @throws TowlineError AGENT_DISK_FULL; what `next` throws: then nothing is changed
   */
  change(
    project: string,
    next: (before: RestoreNote | 'damaged' | undefined) => RestoreNote,
  ): Promise<RestoreNote> {
    const changed = this.#last.then(async () => {
      const notes = await this.#load();
      const before = notes.get(project);
      const note = next(before);
      if (note === before) return note;
      try {
        await this.#file(project).write(note);
      } catch (error) {
        throw namedIfDiskFull(error);
      }
      notes.set(project, note);
      return note;
    });
    this.#last = changed.catch(() => undefined);
    return changed;
  }

  /**
   * It is over. A full disk does not keep it.
   * @param isIt of the one that is noted; absent: whichever it is
   * @returns whether one was removed
   */
  clear(project: string, isIt?: (note: RestoreNote | 'damaged') => boolean): Promise<boolean> {
    const cleared = this.#last.then(async () => {
      const notes = await this.#load();
      const note = notes.get(project);
      if (note === undefined || isIt?.(note) === false) return false;
      const file = this.#path(project);
      for (const each of [file, `${file}.copy`]) await rm(each, { force: true });
      await syncFolder(path.dirname(file));
      notes.delete(project);
      return true;
    });
    this.#last = cleared.catch(() => undefined);
    return cleared;
  }

  /** The app is gone, and its volumes stay: that they may have data of two times is known when it comes again. */
  async forget(project: string): Promise<void> {
    await this.clear(project, note => note !== 'damaged' && note.exchanging !== true);
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
