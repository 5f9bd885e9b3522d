import type { Position } from '../../errors.ts';
import type { Marks } from '../read/marks.ts';
import { ComposeFault, type Path } from '../value/fault.ts';
import type { ComposeLimits } from '../value/limits.ts';
import type { Mapping, Value } from '../value/value.ts';
import type { Blanks } from './blanks.ts';
import type { ProjectFiles } from './project-files.ts';
import { type Lookup, SecretInterpolated } from './template.ts';

/** What all files of one project share. */
export interface Shared {
  readonly files: ProjectFiles;
  readonly marks: Marks;
  readonly blanks: Blanks;
  readonly limits: ComposeLimits;
  /** Names that no text may interpolate. */
  readonly secretVariables?: ReadonlySet<string>;
}

/** Where Compose files are read: in the project, or in an include of it. */
export interface Place {
  /** Folder of the Compose files that are being read: absolute, or relative to the project's for an include. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Files that are being included, outermost first. */
  readonly including: readonly string[];
}

export interface LoadedFile {
  readonly model: Mapping;
  /** What the last document's `!reset` and `!override` take out of a base. */
  readonly replaced: readonly Path[];
}

/** What every phase of one load is handed, and what `extends` and `include` ask for further files. */
export interface Loading extends Shared, Place {
  /** A file that a service extends: its result is validated, not it. */
  readonly load: (file: string, at: Path) => LoadedFile;
  /** The model of a project that is included, its files laid on each other. */
  readonly model: (place: Place, files: readonly string[], at: Path) => Mapping;
}

/** @throws from the lookup: SecretInterpolated, where a secret variable is to become a part of other text; ComposeFault COMPOSE_TOO_LARGE */
export function lookupOf({ environment, secretVariables, files }: Loading): Lookup {
  return (name, interpolated) => {
    if (interpolated === true && secretVariables?.has(name) === true) throw new SecretInterpolated(name);
    const value = Object.hasOwn(environment, name) ? environment[name] : undefined;
    files.spending.characters(value?.length ?? 0, []);
    return value;
  };
}

/** A variable that has no value where `loading` reads. */
export function blankAt({ blanks, environment }: Loading, name: string, place: () => Position): void {
  blanks.note(name, place, () => Object.keys(environment));
}

/** Where `path` stands: in `root`, or else the file. */
export function placeIn(loading: Loading, file: string, root: Value, path: Path): Position {
  return loading.marks.find(root, path) ?? { file: loading.files.relative(file) };
}

/** Runs one phase; a fault without position gets that of its path in `root`, or else the file. */
export function positioned<Result>(loading: Loading, file: string, root: Value, phase: () => Result): Result {
  try {
    return phase();
  } catch (error) {
    if (error instanceof ComposeFault) error.locate(path => placeIn(loading, file, root, path));
    throw error;
  }
}
