/** A version of the agent, brought to the disk as a slot of its own: whole under its name, or not there at all. */
import { createReadStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { AgentPart } from '../../core/agents/agent-version.ts';
import { TowlineError } from '../../core/errors.ts';
import { makeFolderDurably, namesIn, syncFolder } from '../../core/io/file/durable-file.ts';
import { freeSpace } from '../../core/io/file/free-space.ts';
import { formatBytes } from '../../core/plan/quantity.ts';
import { bringPart, hashOf, type PartSources } from './part-bytes.ts';
import { readSlotFile, type SlotFile, writeSlotFile } from './slot-file.ts';
import { type Slots, slotName } from './slots.ts';
import { type Hashes, takeOver, unpackPart } from './unpack-part.ts';

/** A version, for this device's platform. */
export interface WantedVersion {
  readonly version: string;
  /** As `agentDigest` has it. */
  readonly digest: string;
  readonly stateFormat: number;
  readonly parts: readonly AgentPart[];
}

export interface StageOptions {
  readonly slots: Slots;
  readonly sources: PartSources;
  /** Folders of versions that are here, the package's too: what they have of it is not fetched. */
  readonly others: readonly string[];
}

/** What stays free for the agent and its apps, bytes. */
const roomLeft = 64 * 1024 * 1024;
/** A part takes so much more unpacked: Node's 2.7 times, ours 3.5 times. */
const unpacks = 3.5;

/**
 * @returns the slot
 * @throws TowlineError AGENT_DISK_FULL, AGENT_UPDATE_PART, and what `bringPart` throws; what the disk throws; the signal's reason.
 *   What has come of the parts stays for the next try, and no half slot does.
 */
export async function stage(
  wanted: WantedVersion,
  options: StageOptions,
  signal: AbortSignal,
): Promise<string> {
  const { slots } = options;
  const slot = slotName(wanted.version, wanted.digest);
  const place = slots.folderOf(slot);
  if (await isWhole(place, wanted.digest, signal)) return slot;
  await makeFolderDurably(slots.folder);
  await rm(place, { recursive: true, force: true });
  const folder = path.join(slots.folder, `.${slot}.tmp`);
  await rm(folder, { recursive: true, force: true });
  const known = await knownParts(options.others);
  await dropOthers(partsFolder(slots), wanted.parts);
  await assertRoom(slots.folder, await neededFor(wanted.parts, known, slots));
  try {
    await makeFolderDurably(folder);
    await writeSlotFile(folder, await fill(wanted, { ...options, folder, known }, signal));
    signal.throwIfAborted();
    await rename(folder, place);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw signal.aborted ? signal.reason : error;
  }
  await syncFolder(slots.folder);
  await rm(partsFolder(slots), { recursive: true, force: true });
  return slot;
}

/** Where parts lie on their way. */
const partsFolder = (slots: Slots): string => path.join(slots.folder, '.parts');

/** All its files are as they were written. */
export async function isWhole(folder: string, digest: string, signal: AbortSignal): Promise<boolean> {
  const slot = await readSlotFile(folder);
  if (slot?.digest !== digest) return false;
  for (const [name, sha256] of Object.entries(slot.files)) {
    const found = await hashOf(path.join(folder, ...name.split('/')), signal).catch(() => '');
    signal.throwIfAborted();
    if (found !== sha256) return false;
  }
  return true;
}

interface KnownPart {
  readonly folder: string;
  readonly files: Hashes;
}

async function knownParts(folders: readonly string[]): Promise<Map<string, KnownPart>> {
  const known = new Map<string, KnownPart>();
  for (const folder of folders) {
    const slot = await readSlotFile(folder);
    for (const [sha256, names] of Object.entries(slot?.parts ?? {})) {
      const files = Object.fromEntries(names.map(name => [name, slot?.files[name] ?? '']));
      if (names.length > 0) known.set(sha256, { folder, files });
    }
  }
  return known;
}

interface Filling extends StageOptions {
  readonly folder: string;
  readonly known: ReadonlyMap<string, KnownPart>;
}

async function fill(wanted: WantedVersion, filling: Filling, signal: AbortSignal): Promise<SlotFile> {
  const { version, digest, stateFormat } = wanted;
  const parts: Record<string, string[]> = {};
  const files: Record<string, string> = {};
  for (const part of wanted.parts) {
    const hashes = await filesOf(part, filling, signal);
    parts[part.sha256] = Object.keys(hashes);
    Object.assign(files, hashes);
  }
  if (files['agent.js'] === undefined)
    throw new TowlineError('AGENT_UPDATE_PART', `agent ${version} has no agent.js`);
  // The names in its folders, before it counts; its own are synced with slot.json.
  const folders = new Set(Object.keys(files).map(name => path.join(filling.folder, path.dirname(name))));
  for (const folder of folders) await syncFolder(folder);
  return { version, digest, stateFormat, parts, files };
}

async function filesOf(part: AgentPart, filling: Filling, signal: AbortSignal): Promise<Hashes> {
  const { folder, known, slots, sources } = filling;
  const there = known.get(part.sha256);
  if (there !== undefined) {
    if (await takeOver(there.folder, folder, there.files, signal)) return there.files;
    for (const name of Object.keys(there.files)) await rm(path.join(folder, name), { force: true });
  }
  const file = await bringPart(part, partsFolder(slots), sources, signal);
  const hashes = await unpackPart(createReadStream(file, { signal }), folder, signal);
  await rm(file, { force: true });
  return hashes;
}

/** What was begun of versions that are wanted no more. */
async function dropOthers(folder: string, parts: readonly AgentPart[]): Promise<void> {
  const wanted = new Set(parts.map(({ sha256 }) => sha256));
  for (const name of await namesIn(folder))
    if (!wanted.has(name)) await rm(path.join(folder, name), { recursive: true, force: true });
}

/** @returns bytes: a part that another slot has is linked, one that a package has is copied */
async function neededFor(
  parts: readonly AgentPart[],
  known: ReadonlyMap<string, KnownPart>,
  slots: Slots,
): Promise<number> {
  let needed = roomLeft;
  for (const { sha256, bytes } of parts) {
    const there = known.get(sha256);
    if (there === undefined) needed += bytes * (1 + unpacks);
    else if (path.dirname(there.folder) !== slots.folder)
      for (const name of Object.keys(there.files))
        needed += (await stat(path.join(there.folder, name)).catch(() => undefined))?.size ?? 0;
  }
  return needed;
}

async function assertRoom(folder: string, needed: number): Promise<void> {
  const free = await freeSpace(folder);
  if (free === undefined || free >= needed) return;
  const message = `${formatBytes(free)} are free in ${folder}, ${formatBytes(Math.round(needed))} are needed for the agent`;
  throw new TowlineError('AGENT_DISK_FULL', message, { details: { free, needed } });
}
