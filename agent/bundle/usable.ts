/** Whether a device can make use of the commits of a bundle, before it takes them. */
import { TowlineError } from '../../core/errors.ts';
import { ObjectReader } from '../../core/trust/git/object-reader.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import { isOnLine } from '../../core/trust/line/line.ts';
import type { Source } from '../source/source.ts';
import type { ImportedBundle } from './import-folder.ts';

export interface Usage {
  readonly fleet: string;
  readonly trusted: ObjectId;
  /** The store, where something was fetched before. */
  readonly store: Pick<Source, 'objects'> | undefined;
}

const main = 'refs/heads/main';

/**
 * @returns whether what is trusted is newer: then nothing is to be taken
 * @throws TowlineError BUNDLE_FLEET, BUNDLE_FORMAT, BUNDLE_PREREQUISITE
 */
export async function isOlder(
  { git, contents }: ImportedBundle,
  { fleet, trusted, store }: Usage,
  signal: AbortSignal,
): Promise<boolean> {
  if (contents.fleet !== fleet)
    throw new TowlineError('BUNDLE_FLEET', `it is for fleet ${contents.fleet}, this device is of ${fleet}`);
  const head = git.refs.get(main);
  if (head !== contents.commit)
    throw new TowlineError('BUNDLE_FORMAT', `its commits lead to ${head}, not to ${contents.commit}`);
  const [first] = git.prerequisites;
  if (store === undefined) {
    if (first !== undefined) throw lacking(first);
    return false;
  }
  await using objects = store.objects();
  for (const id of git.prerequisites) if ((await objects.read(id)) === undefined) throw lacking(id);
  if (head === trusted || (await objects.read(head)) === undefined) return false;
  return await isOnLine(new ObjectReader(objects), head, trusted, signal);
}

function lacking(id: ObjectId): TowlineError {
  const message = `the bundle goes on from ${id}, which this device does not have`;
  return new TowlineError('BUNDLE_PREREQUISITE', message, { details: { id } });
}
