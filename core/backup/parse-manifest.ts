/** Reads `manifest.json` of a backup: of this device, or as a store has given it. */
import { TowlineError } from '../errors.ts';
import { fieldsOf, readFields } from '../json.ts';
import type { BackedUpVolume, BackupManifest } from './manifest.ts';

/** Of a manifest, bytes. */
export const maxManifestBytes = 256 * 1024;
const mostVolumes = 256;
const mostServices = 1024;

const idForm = /^[0-9]{8}T[0-9]{6}Z-[0-9a-f]{8}$/;
/** What is a file or folder beside the manifest, and nothing else. */
const nameForm = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,254}$/;
const sha256Form = /^[0-9a-f]{64}$/;
const causes: readonly unknown[] = [
  'upgrade',
  'schedule',
  'aside',
  'request',
] satisfies BackupManifest['cause'][];
const modes: readonly unknown[] = ['stop', 'pause', 'hook', 'live'] satisfies BackupManifest['mode'][];

export const isBackupId = (value: unknown): value is string =>
  typeof value === 'string' && idForm.test(value);

const isName = (value: unknown): value is string => typeof value === 'string' && nameForm.test(value);
const isText = (value: unknown): value is string => typeof value === 'string' && value.length <= 1024;
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;
const isCause = (value: unknown): value is BackupManifest['cause'] => causes.includes(value);
const isMode = (value: unknown): value is BackupManifest['mode'] => modes.includes(value);

function volumeOf(value: unknown): BackedUpVolume | undefined {
  const { key, name, file, bytes, contentBytes, sha256 } = fieldsOf(value);
  if (!isText(key) || key === '' || !isName(name) || !isName(file)) return undefined;
  if (!isCount(bytes) || !isCount(contentBytes)) return undefined;
  if (typeof sha256 !== 'string' || !sha256Form.test(sha256)) return undefined;
  return { key, name, file, bytes, contentBytes, sha256 };
}

function volumesOf(value: unknown): BackedUpVolume[] | undefined {
  if (!Array.isArray(value) || value.length > mostVolumes) return undefined;
  const volumes = value.map(volumeOf).filter(volume => volume !== undefined);
  const whole = volumes.length === value.length;
  const apart = [volumes.map(({ key }) => key), volumes.map(({ file }) => file)].every(
    names => new Set(names).size === names.length,
  );
  return whole && apart ? volumes : undefined;
}

function parsed(text: string): BackupManifest | undefined {
  const { version, id, fleet, device, app, project, digest, cause, mode, ...rest } = readFields(text);
  const volumes = volumesOf(rest.volumes);
  const { atMs, tookMs, services, release, before } = rest;
  if (version !== 1 || volumes === undefined || !isBackupId(id) || !isCause(cause) || !isMode(mode))
    return undefined;
  if (!isText(fleet) || !isText(device) || !isText(app) || !isName(project) || !isText(digest))
    return undefined;
  if (!isCount(atMs) || !isCount(tookMs) || !Array.isArray(services) || services.length > mostServices)
    return undefined;
  const of = { version: 1, id, fleet, device, app, project, digest, cause, mode } as const;
  return {
    ...of,
    ...{ atMs, tookMs, services: services.filter(isText), volumes },
    ...(isText(release) ? { release } : {}),
    ...(isText(before) ? { before } : {}),
  };
}

/** @throws TowlineError BACKUP_MANIFEST */
export function parseManifest(bytes: Uint8Array): BackupManifest {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const manifest = bytes.length <= maxManifestBytes ? parsed(text) : undefined;
    if (manifest !== undefined) return manifest;
  } catch (cause) {
    throw new TowlineError('BACKUP_MANIFEST', 'the manifest is no JSON', { cause });
  }
  throw new TowlineError('BACKUP_MANIFEST', 'the manifest is not what a device writes');
}
