/** What `towline agent export-status` wrote: a git bundle of one device's branch. Its pack is read by who takes it in. */
import { TowlineError } from '../../core/errors.ts';
import { namePattern } from '../../core/fleet/paths.ts';
import { maxGitBundleHeader, readGitBundleHeader } from '../../core/io/git/git-bundle.ts';
import { telemetryRefs } from '../../core/telemetry/telemetry-ref.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';

export interface ExportedBranch {
  readonly device: string;
  readonly head: ObjectId;
  readonly pack: AsyncIterable<Uint8Array>;
}

/** @throws TowlineError BUNDLE_FORMAT, GIT_SHA256; what the input throws */
export async function readExport(input: AsyncIterable<Uint8Array>): Promise<ExportedBranch> {
  const pieces = input[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  while (!head.includes('\n\n') && head.length <= maxGitBundleHeader) {
    const next = await pieces.next();
    if (next.done === true) break;
    head = Buffer.concat([head, next.value]);
  }
  const { refs, packAt } = readGitBundleHeader(head);
  const [[ref = '', tip] = [], ...more] = refs;
  const device = ref.startsWith(telemetryRefs) ? ref.slice(telemetryRefs.length) : '';
  if (tip === undefined || more.length > 0 || !namePattern.test(device))
    throw new TowlineError('BUNDLE_FORMAT', 'it is not the branch of a device');
  return { device, head: tip, pack: rest(head.subarray(packAt), pieces) };
}

async function* rest(first: Uint8Array, pieces: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first;
  for (let next = await pieces.next(); next.done !== true; next = await pieces.next()) yield next.value;
}
