/** Takes a bundle in: as it comes, onto the disk, where it counts once all of it was right. */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { writeContents } from '../../core/bundle/contents.ts';
import type { OpenBundle } from '../../core/bundle/open-bundle.ts';
import { TowlineError } from '../../core/errors.ts';
import { writeDurably } from '../../core/io/file/durable-file.ts';
import { freeSpace } from '../../core/io/file/free-space.ts';
import { writeNewFile } from '../../core/io/file/new-file.ts';
import { formatBytes } from '../../core/plan/quantity.ts';
import { giveToOwnerOf } from '../enrolment/key-owner.ts';
import { ImportFolder } from './import-folder.ts';

export interface TakingIn {
  readonly stateDirectory: string;
  readonly fleet: string;
  /** How much of it has come. */
  readonly onProgress: (bytes: number, ofBytes: number) => void;
}

/** What the agent keeps free for itself, bytes. */
const roomLeft = 64 * 1024 * 1024;
const blockBytes = 4096;

/**
 * Nobody else may be importing. What was cut off before is removed.
 * @throws TowlineError BUNDLE_FLEET and AGENT_DISK_FULL before anything is written; what the reader throws, and nothing is left
 */
export async function takeIn(bundle: OpenBundle, taking: TakingIn, signal: AbortSignal): Promise<void> {
  const { stateDirectory, fleet } = taking;
  if (bundle.contents.fleet !== fleet) {
    const message = `the bundle is for fleet ${bundle.contents.fleet}, this device is of ${fleet}`;
    throw new TowlineError('BUNDLE_FLEET', message);
  }
  const imports = new ImportFolder(stateDirectory);
  await imports.sweep();
  await assertRoom(bundle, stateDirectory);
  const folder = await imports.begin();
  try {
    await writeParts(bundle, folder, taking, signal);
    await writeDurably(path.join(folder, 'contents'), writeContents(bundle.contents));
    await giveToOwnerOf(stateDirectory, imports.path);
    signal.throwIfAborted();
    await imports.use(folder);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function assertRoom({ entries }: OpenBundle, folder: string): Promise<void> {
  const free = await freeSpace(folder);
  const sizes = entries.map(({ size }) => Math.ceil(size / blockBytes) * blockBytes);
  const needed = sizes.reduce((sum, size) => sum + size, roomLeft);
  if (free === undefined || free >= needed) return;
  const message = `${formatBytes(free)} are free in ${folder}, ${formatBytes(needed)} are needed for the bundle`;
  throw new TowlineError('AGENT_DISK_FULL', message, { details: { free, needed } });
}

async function writeParts(
  bundle: OpenBundle,
  folder: string,
  { onProgress }: TakingIn,
  signal: AbortSignal,
): Promise<void> {
  const total = bundle.entries.reduce((sum, { size }) => sum + size, 0);
  let come = 0;
  for await (const part of bundle.parts()) {
    const name = part.kind === 'git' ? 'git' : part.digest.slice('sha256:'.length);
    await writeNewFile(path.join(folder, name), part.bytes, signal, bytes => {
      come += bytes;
      onProgress(come, total);
    });
  }
}
