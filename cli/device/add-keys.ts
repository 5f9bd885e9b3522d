/** A device whose keys are made here and taken to it by hand. */
import { access, rm } from 'node:fs/promises';
import path from 'node:path';
import { TowlineError } from '../../core/errors.ts';
import type { Fleet } from '../../core/fleet/fleet.ts';
import { makeDeviceKeys, sshPublicKey, tlsPublicKey, writeDeviceKeys } from '../../core/io/device-keys.ts';
import { writeDurably } from '../../core/io/file/durable-file.ts';
import { ensureOpenpgpKey } from '../../core/io/openpgp-key.ts';
import { agentFile, fleetAnchor } from '../desk/agent-file.ts';
import type { AddOptions } from './add-options.ts';
import type { DeviceEntry } from './device-file.ts';

export interface KeysHere {
  readonly entry: DeviceEntry;
  /** Folders and files that they lie in. */
  readonly keys: string;
  readonly configuration: string;
  readonly anchor: string;
  /** The fleet names no keys that nobody has, and nobody has keys that it does not name. */
  takeBack(): Promise<void>;
}

const exists = (file: string) =>
  access(file).then(
    () => true,
    () => false,
  );

/** @throws TowlineError CLI_FILE_EXISTS where keys lie there already */
export async function keysHere(
  fleet: Fleet,
  id: string,
  folder: string,
  options: AddOptions,
): Promise<KeysHere> {
  const out = path.resolve(folder);
  const keys = path.join(out, 'keys');
  if (await exists(keys))
    throw new TowlineError('CLI_FILE_EXISTS', `${keys} is there already: keys are not written over`);
  const made = makeDeviceKeys(id);
  const anchor = options.anchor ?? (await fleetAnchor(options.repo));
  const openpgp = await ensureOpenpgpKey(keys, id);
  const takeBack = () => rm(keys, { recursive: true, force: true });
  const { stateDirectory } = options;
  const configuration = path.join(out, 'agent.yaml');
  try {
    await writeDeviceKeys(keys, made);
    const text = agentFile({ fleet: fleet.file.value, device: id, anchor, stateDirectory });
    await writeDurably(configuration, text, { mode: 0o644 });
  } catch (error) {
    await takeBack();
    throw error;
  }
  const entry = { keys: { tls: tlsPublicKey(made), ssh: sshPublicKey(made), openpgp } };
  return { entry, keys, configuration, anchor, takeBack };
}
