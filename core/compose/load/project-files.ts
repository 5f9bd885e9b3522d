import { posix } from 'node:path';
import { ComposeFault, type Path, printable } from '../value/fault.ts';
import type { ComposeLimits } from '../value/limits.ts';
import { Spending } from './spending.ts';

/** The bytes of a file, by its path relative to the project's folder. */
export type FileLookup = (path: string) => Uint8Array | undefined;

/** Named where no variables are to be read. */
const nothing = '/dev/null';

/** The files of a project as its Compose files name them: bounded, and never outside the project's folder. */
export class ProjectFiles {
  readonly #lookup: FileLookup;
  readonly #folder: string;
  readonly #limits: ComposeLimits;
  readonly #used = new Set<string>();
  readonly spending: Spending;

  constructor(lookup: FileLookup, folder: string, limits: ComposeLimits) {
    this.#lookup = lookup;
    this.#folder = folder;
    this.#limits = limits;
    this.spending = new Spending(limits);
  }

  /** Every file that was read, relative to the project's folder. */
  get used(): ReadonlySet<string> {
    return this.#used;
  }

  /** `path`, absolute or relative to the project's folder, relative to it. */
  relative(path: string): string {
    return posix.relative(this.#folder, posix.resolve(this.#folder, path));
  }

  /** @throws ComposeFault COMPOSE_TOO_LARGE */
  find(path: string, at: Path): Uint8Array | undefined {
    if (path === nothing) return new Uint8Array();
    const relative = this.relative(path);
    if (relative === '' || relative === '..' || relative.startsWith('../')) return undefined;
    const bytes = this.#lookup(relative);
    if (bytes === undefined) return undefined;
    this.#used.add(relative);
    if (this.#used.size > this.#limits.files) {
      throw new ComposeFault(
        'COMPOSE_TOO_LARGE',
        at,
        `the project reads more than ${this.#limits.files} files`,
      );
    }
    if (bytes.length > this.#limits.fileBytes) {
      const message = `${printable(relative)} is larger than ${this.#limits.fileBytes} bytes`;
      throw new ComposeFault('COMPOSE_TOO_LARGE', at, message);
    }
    return bytes;
  }

  /** @throws ComposeFault COMPOSE_FILE_MISSING or COMPOSE_TOO_LARGE */
  read(path: string, at: Path): Uint8Array {
    const bytes = this.find(path, at);
    if (bytes !== undefined) return bytes;
    throw new ComposeFault('COMPOSE_FILE_MISSING', at, `file ${printable(path)} is not in the app folder`);
  }
}
