/** What containers of this device could ever write to, durable: noted before the container is made, and never forgotten. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { normalPath } from '../../core/compose/device/host-paths.ts';
import { isTowlineError } from '../../core/errors.ts';
import { isMissing, readBounded, writeDurably } from '../../core/io/durable-file.ts';
import type { WrittenPaths } from '../../core/plan/memory.ts';
import { namedIfDiskFull } from '../disk-full.ts';

const maxFileBytes = 16 * 1024 * 1024;
/** Of one folder; beyond it the folder itself counts. */
const maxPathsPerFolder = 256;

interface Stored {
  readonly paths: readonly string[];
  readonly unknown: readonly string[];
}

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every(one => typeof one === 'string' && one.startsWith('/'));

function parse(text: string): Stored {
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null) throw new Error('no mapping');
  const { paths, unknown } = value as Partial<Record<keyof Stored, unknown>>;
  if (!isTexts(paths) || !isTexts(unknown)) throw new Error('no lists of paths');
  return { paths, unknown };
}

/** The paths, and where one folder has too many the folder in their place. */
function bounded(paths: ReadonlySet<string>): Set<string> {
  const byFolder = new Map<string, string[]>();
  for (const one of paths) {
    const folder = path.dirname(one);
    byFolder.set(folder, [...(byFolder.get(folder) ?? []), one]);
  }
  return new Set([...byFolder].flatMap(([folder, all]) => (all.length > maxPathsPerFolder ? [folder] : all)));
}

export class WrittenPathsFile {
  readonly #file: string;
  readonly #projects: string;
  readonly #onDamage: (file: string, error: unknown) => void;
  #loading: Promise<void> | undefined;
  #paths: ReadonlySet<string> = new Set();
  #unknown: readonly string[] = [];
  #last: Promise<unknown> = Promise.resolve();

  /** @param stateDirectory absolute */
  constructor(stateDirectory: string, onDamage: (file: string, error: unknown) => void) {
    this.#file = path.join(stateDirectory, 'written-paths.json');
    this.#projects = normalPath(path.resolve(stateDirectory, 'projects'));
    this.#onDamage = onDamage;
  }

  async now(): Promise<WrittenPaths> {
    await this.#load();
    return { projects: this.#projects, paths: this.#paths, unknown: this.#unknown };
  }

  /**
   * Resolves when it is durable that a container could write there.
   * @throws TowlineError AGENT_DISK_FULL: what cannot be remembered must not be made
   */
  async note(paths: readonly string[]): Promise<void> {
    await this.#load();
    const work = this.#last.then(async () => {
      const next = bounded(new Set([...this.#paths, ...paths]));
      if (next.size === this.#paths.size && [...next].every(one => this.#paths.has(one))) return;
      await this.#write({ paths: [...next].sort(), unknown: this.#unknown });
      this.#paths = next;
    });
    this.#last = work.catch(() => undefined);
    await work;
  }

  #load(): Promise<void> {
    this.#loading ??= this.#read().catch((error: unknown) => {
      this.#loading = undefined;
      throw error;
    });
    return this.#loading;
  }

  async #read(): Promise<void> {
    try {
      const bytes = await readBounded(this.#file, maxFileBytes);
      if (bytes !== undefined) {
        const stored = parse(bytes.toString('utf8'));
        this.#paths = new Set(stored.paths);
        this.#unknown = stored.unknown;
        return;
      }
    } catch (error) {
      this.#onDamage(this.#file, error);
    }
    // Whatever was here before has written who knows where.
    const before = (await namesOf(this.#projects)).filter(name => !name.startsWith('.'));
    this.#unknown =
      before.length === 0 ? [] : ['/', ...before.map(name => path.join(this.#projects, name, 'data'))];
    // Without room the next start knows no more than this one.
    await this.#write({ paths: [], unknown: this.#unknown }).catch((error: unknown) => {
      if (!isTowlineError(error) || error.code !== 'AGENT_DISK_FULL') throw error;
    });
  }

  async #write(stored: Stored): Promise<void> {
    try {
      await writeDurably(this.#file, JSON.stringify(stored));
    } catch (error) {
      throw namedIfDiskFull(error);
    }
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
