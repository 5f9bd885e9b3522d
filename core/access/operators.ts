/** The people of a fleet as one device needs them: read when its tunnel is open, and once each as long as it stays so. */
import type { OperatorFile } from '../../schemas/types.generated.ts';
import { operator as validateOperator } from '../../schemas/validate.generated.js';
import { isTowlineError } from '../errors.ts';
import { maxFilesOfAKind } from '../fleet/limits.ts';
import { nameFits, placeOf } from '../fleet/paths.ts';
import type { RepositoryEntry, RepositoryFiles } from '../fleet/repository-files.ts';
import { plainValue, readPlainFile } from '../trust/git/yaml-node.ts';
import { maxKeyFileBytes } from '../trust/holders/named-keys.ts';
import type { HolderKeys } from './holder-keys.ts';

/** An operator's file, read. Undefined where it cannot be: that person is let in nowhere until it can. */
type Read = OperatorFile | undefined;

export interface FoundOperator {
  readonly path: string;
  readonly name: string;
  readonly file: OperatorFile;
}

/** What was read for an earlier commit, by path and blob id. */
export class OperatorFiles {
  #known = new Map<string, Read>();
  readonly keys = new WeakMap<object, HolderKeys>();

  /** @throws TowlineError when an object is missing or malformed */
  async at(reader: RepositoryFiles, commit: string): Promise<FoundOperator[]> {
    const known = new Map<string, Read>();
    const found: FoundOperator[] = [];
    for await (const entry of reader.list(commit, 'operators')) {
      const place = placeOf(entry.path);
      if (typeof place !== 'object' || place.kind !== 'operator' || !nameFits(place)) continue;
      if (known.size === maxFilesOfAKind) break;
      const key = `${entry.id} ${entry.path}`;
      const file = this.#known.has(key) ? this.#known.get(key) : await read(reader, entry);
      known.set(key, file);
      if (file !== undefined) found.push({ path: entry.path, name: place.name, file });
    }
    this.#known = known;
    return found;
  }

  /** The tunnel is closed: they are not needed for a while. */
  forget(): void {
    this.#known = new Map();
  }
}

/** Once, as the walk reads them: plain YAML. A gateway that says what is wrong with a file, and where, reads it twice. */
async function read(reader: RepositoryFiles, { id }: RepositoryEntry): Promise<Read> {
  try {
    const file = readPlainFile(await reader.blob(id, maxKeyFileBytes));
    const value = 'node' in file ? plainValue(file.node) : undefined;
    return validateOperator(value) ? value : undefined;
  } catch (error) {
    if (isTowlineError(error, 'TRUST_LIMIT')) return undefined;
    throw error;
  }
}
