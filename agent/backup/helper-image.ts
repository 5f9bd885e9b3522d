/** The image of the helper, from the archive that the package brings: a device that is offline has it, too. */
import { open } from 'node:fs/promises';
import { messageOf } from '../../core/errors/cause.ts';
import { TowlineError } from '../../core/errors.ts';
import { isFields } from '../../core/json.ts';
import type { Engine } from '../runtime/engine/engine.ts';
import { imageDetails } from '../runtime/engine/engine-answers.ts';
import { engineStatus } from '../runtime/engine/refusals.ts';

/** Block of a tar, bytes. Its manifest stands first, and is small. */
const blockBytes = 512;
const maxManifestBytes = 8 * 1024;
const loadTimeoutMs = 5 * 60_000;

interface ArchivedImage {
  /** `sha256:…` of its configuration. */
  readonly id: string;
  /** Where an engine names images by something else: its tag, which leads to it when it has just been loaded. */
  readonly tag: string;
}

/** @throws Error where it is no archive of an image whose manifest stands first */
async function archivedImage(archive: string): Promise<ArchivedImage> {
  const handle = await open(archive, 'r');
  try {
    const { buffer } = await handle.read(Buffer.alloc(blockBytes + maxManifestBytes), 0);
    const name = buffer.toString('latin1', 0, 100).replace(/\0.*$/s, '');
    const size = Number.parseInt(buffer.toString('latin1', 124, 136), 8);
    if (name !== 'manifest.json' || !(size <= maxManifestBytes))
      throw new Error('it is no archive of an image');
    const manifest: unknown = JSON.parse(buffer.toString('utf8', blockBytes, blockBytes + size));
    const first: unknown = Array.isArray(manifest) ? manifest[0] : undefined;
    const { Config: config, RepoTags: tags } = isFields(first) ? first : {};
    const id = typeof config === 'string' ? /^([0-9a-f]{64})\.json$/.exec(config)?.[1] : undefined;
    const tag: unknown = Array.isArray(tags) ? tags[0] : undefined;
    if (id === undefined || typeof tag !== 'string') throw new Error('its manifest names no image');
    return { id: `sha256:${id}`, tag };
  } finally {
    await handle.close();
  }
}

/** The engine's id of the first of these names that it has. */
async function idOf(engine: Engine, names: readonly string[], signal: AbortSignal) {
  for (const name of names) {
    try {
      const path = `/images/${name}/json`;
      return (await engine.call({ method: 'GET', path, answer: imageDetails }, signal)).Id;
    } catch (error) {
      if (engineStatus(error) !== 404) throw error;
    }
  }
  return undefined;
}

/**
 * The image on the engine, loaded where it is not there.
 * @param archive as `docker save` writes it, its manifest first
 * @returns the engine's id @throws TowlineError BACKUP_HELPER, ENGINE_…
 */
export async function helperImageId(engine: Engine, archive: string, signal: AbortSignal): Promise<string> {
  const image = await archivedImage(archive).catch((cause: unknown) => {
    throw new TowlineError('BACKUP_HELPER', `${archive} cannot be used: ${messageOf(cause)}`, { cause });
  });
  // Not by its tag: whoever has given that to another image would be given the volumes of all apps.
  const found = await idOf(engine, [image.id], signal);
  if (found !== undefined) return found;
  const load = { method: 'POST', path: '/images/load', file: archive, timeoutMs: loadTimeoutMs } as const;
  const said = await engine.call({ ...load, query: { quiet: true } }, signal).catch((cause: unknown) => {
    if (engineStatus(cause) === undefined) throw cause;
    throw new TowlineError('BACKUP_HELPER', `the engine does not load ${archive}: ${messageOf(cause)}`, {
      cause,
    });
  });
  const loaded = await idOf(engine, [image.id, image.tag], signal);
  if (loaded !== undefined) return loaded;
  // It answers 200 and says in its stream what is wrong.
  const words = Buffer.isBuffer(said) ? said.toString('utf8') : JSON.stringify(said);
  throw new TowlineError('BACKUP_HELPER', `the engine does not load ${archive}: ${words.slice(-300)}`);
}
