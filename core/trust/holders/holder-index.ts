import { isTowlineError } from '../../errors.ts';
import { changeBetween } from '../git/change.ts';
import type { ObjectReader } from '../git/object-reader.ts';
import type { ObjectId } from '../git/object-source.ts';
import { type Claims, claimsAt, claimsOfChange, isHolderPath } from './claims.ts';
import { HolderTable } from './holder-table.ts';
import { type Folders, formatHolders, parseHolders } from './holder-text.ts';

/** A file of a device or an operator that a step changes. */
export interface ChangedHolder {
  readonly path: string;
  readonly before: Claims;
  readonly after: Claims;
}

interface Step {
  readonly from: string;
  readonly changed: readonly ChangedHolder[];
}

/** Changed files of steps that are remembered, count; beyond, the trees are compared. */
const maxRemembered = 2_000;

/**
 * Which files have which ids and keys, at the commit that is asked about. Made when a step gains something for the
 * first time, moved along with the steps from then on, and kept by the caller from batch to batch.
 */
export class HolderIndex {
  #table: HolderTable | undefined;
  #folders: Folders = { devices: undefined, operators: undefined };
  readonly #steps = new Map<string, Step>();
  #remembered = 0;
  #unsaved = 0;

  #saved: (() => Promise<string | undefined>) | undefined;

  /** @param saved What `text` gave before, asked for once, when it is needed: most walks gain nothing. */
  constructor(saved?: () => Promise<string | undefined>) {
    this.#saved = saved;
  }

  /** Files that were read since it was made, loaded or written down: what it would cost to lose it. */
  get unsaved(): number {
    return this.#unsaved;
  }

  /** To be parsed again; undefined where nothing was asked for yet. */
  text(): string | undefined {
    this.#unsaved = 0;
    return this.#table === undefined ? undefined : formatHolders(this.#folders, this.#table.files());
  }

  /** What a step from one commit to the other changes, if it is taken: so that the trees need not be compared again. */
  async note(
    reader: ObjectReader,
    from: ObjectId,
    to: ObjectId,
    changed: readonly ChangedHolder[],
  ): Promise<void> {
    if (this.#table === undefined || changed.length === 0) return;
    if (this.#remembered > maxRemembered) this.#forget();
    this.#remembered += changed.length;
    this.#steps.set(nameOf(await foldersAt(reader, to)), {
      from: nameOf(await foldersAt(reader, from)),
      changed,
    });
  }

  /**
   * The table for the files of a commit.
   * @throws TowlineError what the reader throws.
   */
  async at(reader: ObjectReader, commit: ObjectId): Promise<HolderTable> {
    await this.#load();
    const folders = await foldersAt(reader, commit);
    const table =
      this.#follow(folders) ?? (await this.#compare(reader, folders)) ?? (await this.#build(reader, commit));
    this.#table = table;
    this.#folders = folders;
    this.#forget();
    return table;
  }

  async #load(): Promise<void> {
    const text = await this.#saved?.();
    this.#saved = undefined;
    const saved = text === undefined ? undefined : parseHolders(text);
    if (saved === undefined) return;
    this.#table = new HolderTable();
    this.#folders = saved.folders;
    for (const { path, claims } of saved.files) this.#table.add(path, claims);
  }

  #forget(): void {
    this.#steps.clear();
    this.#remembered = 0;
  }

  /** Along the steps that were noted, where they lead from the table's folders to these. */
  #follow(folders: Folders): HolderTable | undefined {
    const steps: Step[] = [];
    const start = nameOf(this.#folders);
    let name = nameOf(folders);
    while (name !== start) {
      const step = this.#steps.get(name);
      if (step === undefined || steps.includes(step)) return undefined;
      steps.unshift(step);
      name = step.from;
    }
    for (const { changed } of steps) this.#apply(changed);
    return this.#table;
  }

  async #compare(reader: ObjectReader, { devices, operators }: Folders): Promise<HolderTable | undefined> {
    if (this.#table === undefined) return undefined;
    const changed: ChangedHolder[] = [];
    try {
      const pairs = [
        ['devices/', this.#folders.devices, devices],
        ['operators/', this.#folders.operators, operators],
      ] as const;
      for (const [folder, before, after] of pairs) {
        if (before === after) continue;
        if (before === undefined || after === undefined) return undefined;
        for (const change of await changeBetween(reader, before, after)) {
          const path = folder + change.path;
          if (isHolderPath(path))
            changed.push({ path, ...(await claimsOfChange(reader, { ...change, path })) });
        }
      }
    } catch (error) {
      // The old folders are not in this store any more, or too much is different: it is made anew.
      if (isTowlineError(error, 'TRUST_OBJECT_MISSING') || isTowlineError(error, 'TRUST_LIMIT'))
        return undefined;
      throw error;
    }
    this.#apply(changed);
    return this.#table;
  }

  async #build(reader: ObjectReader, commit: ObjectId): Promise<HolderTable> {
    const table = new HolderTable();
    for (const folder of ['devices', 'operators']) {
      for await (const { path, id } of reader.list(commit, folder)) {
        if (!isHolderPath(path)) continue;
        table.add(path, namesOf(await claimsAt(reader, path, id)));
        this.#unsaved += 1;
      }
    }
    return table;
  }

  #apply(changed: readonly ChangedHolder[]): void {
    for (const { path, before } of changed) this.#table?.remove(path, namesOf(before));
    for (const { path, after } of changed) this.#table?.add(path, namesOf(after));
    this.#unsaved += changed.length;
  }
}

function namesOf({ all }: Claims): string[] {
  return [...new Set(all.map(({ name }) => name))];
}

function nameOf({ devices, operators }: Folders): string {
  return `${devices} ${operators}`;
}

async function foldersAt(reader: ObjectReader, commit: ObjectId): Promise<Folders> {
  const idOf = async (path: string): Promise<ObjectId | undefined> => {
    const entry = await reader.entryAt(commit, path);
    return entry?.mode === '040000' ? entry.id : undefined;
  };
  return { devices: await idOf('devices'), operators: await idOf('operators') };
}
