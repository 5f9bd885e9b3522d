/** Whether something is a bundle at all: told by its first block. */
import { TowlineError } from '../errors.ts';
import type { ByteSource } from './byte-source.ts';
import { layoutFile } from './table.ts';
import { blockBytes, tarHeader } from './tar-header.ts';

const first = tarHeader('oci-layout', layoutFile.length);
/** More bytes that differ, and it is something else rather than damaged. */
const maxDamage = 4;

/** @throws TowlineError BUNDLE_FORMAT, BUNDLE_DAMAGED */
export async function assertBundle(source: ByteSource): Promise<void> {
  const found = await source.read(blockBytes);
  if (found.equals(first)) return;
  const wrong = [...found.keys()].filter(index => found[index] !== first[index]);
  if (wrong.length > maxDamage)
    throw new TowlineError('BUNDLE_FORMAT', 'this is no bundle of towline: it does not begin as one');
  throw source.damaged('its first header is not as it must be', wrong[0] ?? 0);
}
