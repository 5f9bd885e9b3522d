/** What containers of this device could ever write to, durable: noted before the container is made, and never forgotten. */
import path from 'node:path';
import { normalPath } from '../../core/compose/device/host-paths.ts';
import { isTowlineError } from '../../core/errors.ts';
import { CheckedFile } from '../../core/io/file/checked-file.ts';
import { namedIfDiskFull } from '../../core/io/file/disk-full.ts';
import { namesIn } from '../../core/io/file/durable-file.ts';
import { fieldsOf } from '../../core/json.ts';
import type { WrittenPaths } from '../../core/plan/memory.ts';

/** Of one folder; beyond it the folder itself counts. */
const maxPathsPerFolder = 256;
/** Of all paths together: the file must stay readable. */
const maxCharacters = 128 * 1024;

export interface Places {
  readonly stateDirectory: string;
  readonly runtimeDirectory?: string;
  readonly engineSocket?: string;
}

interface Stored {
  readonly paths: readonly string[];
  readonly unknown: readonly string[];
}

const isPaths = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every(one => typeof one === 'string' && one.startsWith('/'));

function parse(value: unknown): Stored | undefined {
  const { paths, unknown } = fieldsOf(value);
  return isPaths(paths) && isPaths(unknown) ? { paths, unknown } : undefined;
}

/** Where an app's own paths lie: its data folder. What lies elsewhere belongs to no app. */
function placeOf(one: string, projects: string): string {
  const [name = '', data = ''] = one.startsWith(`${projects}/`)
    ? one.slice(projects.length + 1).split('/')
    : [];
  return data === '' ? '/' : path.join(projects, name, data);
}

/**
 * The paths, and the folder in their place where one has too many; those of whoever has most one folder up while they
 * are too long. One app's never become a folder of another's: that would stop the other's updates.
 */
function bounded(paths: ReadonlySet<string>, projects: string): Set<string> {
  const byFolder = Map.groupBy(paths, one => path.dirname(one));
  const kept = [...byFolder].flatMap(([folder, all]) => (all.length > maxPathsPerFolder ? [folder] : all));
  if (kept.join().length <= maxCharacters) return new Set(kept);
  const places = [...Map.groupBy(kept, one => placeOf(one, projects))]
    .map(([place, all]) => ({ place, length: all.filter(one => one !== place).join().length }))
    .sort((a, b) => b.length - a.length);
  const [most] = places;
  if (most === undefined || most.length === 0) return new Set(kept);
  const raised = (one: string) =>
    placeOf(one, projects) === most.place && one !== most.place ? path.dirname(one) : one;
  return bounded(new Set(kept.map(raised)), projects);
}

export class WrittenPathsFile {
  readonly #name: string;
  readonly #file: CheckedFile<Stored>;
  readonly #projects: string;
  readonly #agents: Pick<WrittenPaths, 'own' | 'socket'>;
  readonly #onDamage: (file: string, error: unknown) => void;
  #loading: Promise<void> | undefined;
  #paths: ReadonlySet<string> = new Set();
  #unknown: readonly string[] = [];
  #last: Promise<unknown> = Promise.resolve();

  constructor(places: Places, onDamage: (file: string, error: unknown) => void) {
    const { stateDirectory, runtimeDirectory, engineSocket } = places;
    this.#agents = {
      own: [stateDirectory, runtimeDirectory].flatMap(each =>
        each === undefined ? [] : [normalPath(path.resolve(each))],
      ),
      ...(engineSocket === undefined ? {} : { socket: normalPath(path.resolve(engineSocket)) }),
    };
    this.#name = path.join(stateDirectory, 'written-paths');
    this.#file = new CheckedFile(this.#name, parse);
    this.#projects = normalPath(path.resolve(stateDirectory, 'projects'));
    this.#onDamage = onDamage;
  }

  async now(): Promise<WrittenPaths> {
    await this.#load();
    return { projects: this.#projects, paths: this.#paths, unknown: this.#unknown, ...this.#agents };
  }

  /**
   * Resolves when it is durable that a container could write there.
   * @throws TowlineError AGENT_DISK_FULL: what cannot be remembered must not be made
   */
  async note(paths: readonly string[]): Promise<void> {
    await this.#load();
    const work = this.#last.then(async () => {
      if (paths.every(one => this.#paths.has(one))) return;
      const next = bounded(new Set([...this.#paths, ...paths]), this.#projects);
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
    const found = await this.#file.read();
    if (found.kind === 'garbage') this.#onDamage(this.#name, new Error('both copies are damaged'));
    const { paths, unknown } =
      found.kind === 'value' ? found.value : { paths: [], unknown: await this.#unknownNow() };
    this.#paths = new Set(paths);
    this.#unknown = unknown;
    if (found.kind === 'value' && !found.mended) return;
    // Without room the next start knows no more than this one.
    await this.#write({ paths, unknown }).catch((error: unknown) => {
      if (!isTowlineError(error) || error.code !== 'AGENT_DISK_FULL') throw error;
    });
  }

  /** Whatever was here before has written who knows where. */
  async #unknownNow(): Promise<string[]> {
    const before = (await namesIn(this.#projects)).filter(name => !name.startsWith('.'));
    return before.length === 0 ? [] : ['/', ...before.map(name => path.join(this.#projects, name, 'data'))];
  }

  async #write(stored: Stored): Promise<void> {
    try {
      await this.#file.write(stored);
    } catch (error) {
      throw namedIfDiskFull(error);
    }
  }
}
