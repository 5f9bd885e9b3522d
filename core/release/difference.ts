/** What differs between two releases of an app. */
import { ownOf, type ValueChange, valueChanges } from '../history/value-changes.ts';
import type { ReleaseFacts } from './release-facts.ts';

export interface FileChange {
  readonly path: string;
  readonly change: 'added' | 'removed' | 'changed';
}

export interface ReleaseDifference {
  /** Service → reference and digest. */
  readonly images: readonly ValueChange[];
  /** Service → what of it, without its image; what is no service's stands under `/networks`, `/volumes`, …. */
  readonly services: Readonly<Record<string, readonly ValueChange[]>>;
  readonly others: readonly ValueChange[];
  readonly files: readonly FileChange[];
  readonly variables: readonly ValueChange[];
  /** By name. */
  readonly secrets: readonly ValueChange[];
  readonly requires: readonly ValueChange[];
  /** `breaking`, `migration`, `notes`, `withdrawn`. */
  readonly words: readonly ValueChange[];
}

export function releaseDifference(from: ReleaseFacts, to: ReleaseFacts): ReleaseDifference {
  const services: [string, readonly ValueChange[]][] = [];
  const [before, after] = [modelOf(from), modelOf(to)];
  for (const name of [...new Set([...Object.keys(before.services), ...Object.keys(after.services)])].sort()) {
    const changes = valueChanges(ownOf(before.services, name), ownOf(after.services, name));
    if (changes.length > 0) services.push([name, changes]);
  }
  return {
    images: valueChanges(imagesOf(from), imagesOf(to)),
    services: Object.fromEntries(services),
    others: valueChanges(before.others, after.others),
    files: fileChanges(from.files, to.files),
    variables: valueChanges(from.release.variables ?? {}, to.release.variables ?? {}),
    secrets: valueChanges(named(from.secrets), named(to.secrets)),
    requires: valueChanges(from.release.requires ?? {}, to.release.requires ?? {}),
    words: valueChanges(wordsOf(from), wordsOf(to)),
  };
}

/** Whether devices are told apart from the one to the other at all. */
export const isSame = ({ services, ...rest }: ReleaseDifference): boolean =>
  Object.keys(services).length === 0 && Object.values(rest).every(changes => changes.length === 0);

const imagesOf = ({ release }: ReleaseFacts) =>
  Object.fromEntries(
    Object.entries(release.images).map(([service, { image, digest }]) => [service, `${image} ${digest}`]),
  );

const named = (names: readonly string[]) => Object.fromEntries(names.map(name => [name, name]));

const wordsOf = ({ release: { breaking, migration, notes, withdrawn } }: ReleaseFacts) => ({
  ...{ breaking, migration, notes, withdrawn },
});

/** A model that cannot be read has no services: what is wrong is said beside it. The image is told by itself. */
function modelOf({ model }: ReleaseFacts): {
  readonly services: Readonly<Record<string, object>>;
  readonly others: object;
} {
  if (model === undefined) return { services: {}, others: {} };
  const { services, name: _name, ...others } = model;
  const bare = Object.entries(services).map(
    ([name, { image: _image, ...service }]) => [name, service] as const,
  );
  return { services: Object.fromEntries(bare), others };
}

function fileChanges(from: ReleaseFacts['files'], to: ReleaseFacts['files']): FileChange[] {
  const paths = [...new Set([...from.keys(), ...to.keys()])].sort();
  return paths.flatMap((path): FileChange[] => {
    const [before, after] = [from.get(path), to.get(path)];
    if (before === after) return [];
    return [{ path, change: before === undefined ? 'added' : after === undefined ? 'removed' : 'changed' }];
  });
}
