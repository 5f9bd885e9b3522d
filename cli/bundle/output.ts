/** Where a bundle is written to: beside its place until it is whole, or to standard output. */
import { once } from 'node:events';
import { statfs } from 'node:fs/promises';
import path from 'node:path';
import { TowlineError } from '../../core/errors.ts';
import { isDiskFull } from '../../core/io/file/disk-full.ts';
import { writeDurably } from '../../core/io/file/durable-file.ts';
import { formatBytes } from '../../core/plan/quantity.ts';
import type { CreateOptions } from './create-options.ts';

/** A path, or `-` for standard output. */
export type BundleOutput = string;

export const standardOutput = '-';
/** statfs's `f_type` of FAT, and what a file has there at most. */
const fatType = 0x4d44;
const maxFatBytes = 2 ** 32 - 1;
/** Of what a seal takes besides. */
const spareBytes = 1024 * 1024;

/** @throws TowlineError CLI_USAGE where a terminal would get it */
export function outputOf({ output, device = [], group = [] }: CreateOptions, fleet: string): BundleOutput {
  if (output === standardOutput && process.stdout.isTTY)
    throw new TowlineError('CLI_USAGE', '-o - is for a pipe or a file: a terminal shows no bundle');
  if (output !== undefined) return output;
  const [name = fleet, ...more] = [...device, ...group];
  return `${more.length > 0 ? fleet : name}.tlb`;
}

/** @throws TowlineError BUNDLE_NO_ROOM */
export async function assertRoom(output: BundleOutput, size: number): Promise<void> {
  if (output === standardOutput) return;
  const folder = path.dirname(path.resolve(output));
  const found = await statfs(folder).catch(() => undefined);
  if (found === undefined) return;
  const room = found.bavail * found.bsize;
  if (room < size + spareBytes)
    throw new TowlineError(
      'BUNDLE_NO_ROOM',
      `${output} needs ${formatBytes(size)}; ${folder} has ${formatBytes(room)}`,
    );
  if (found.type === fatType && size > maxFatBytes)
    throw new TowlineError('BUNDLE_NO_ROOM', `${output} needs ${formatBytes(size)}; ${folder} is FAT`);
}

async function toStandardOutput(bytes: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void> {
  for await (const chunk of bytes)
    if (!process.stdout.write(chunk)) await once(process.stdout, 'drain', { signal });
}

/** @returns how many bytes @throws TowlineError BUNDLE_NO_ROOM; what `bytes` throws: then there is no file */
export async function writeOutput(
  output: BundleOutput,
  bytes: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<number> {
  let count = 0;
  const counted = async function* () {
    for await (const chunk of bytes) {
      count += chunk.length;
      yield chunk;
    }
  };
  try {
    if (output === standardOutput) await toStandardOutput(counted(), signal);
    else await writeDurably(output, counted());
  } catch (cause) {
    if (!isDiskFull(cause)) throw cause;
    throw new TowlineError('BUNDLE_NO_ROOM', `the disk of ${output} is full`, { cause });
  }
  return count;
}
