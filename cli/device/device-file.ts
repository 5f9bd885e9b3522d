/** A device's file in the working tree: made anew, or given the keys that it lacks. */
import path from 'node:path';
import { stringify } from 'yaml';
import { editedText } from '../../core/change/edited-yaml.ts';
import { FleetProblems, TowlineError } from '../../core/errors.ts';
import { loadFleet } from '../../core/fleet/load.ts';
import type { CheckedFile } from '../../core/fleet/schema-check.ts';
import { readEntryName } from '../../core/trust/git/entry-name.ts';
import { noSuchDevice } from '../../core/unknown-name.ts';
import type { DeviceFile } from '../../schemas/types.generated.ts';
import { openRepository, openSnapshot } from '../desk/repository.ts';

/**
 * A device of a valid fleet, in a working tree in which its file can be written.
 * @returns its file; `target` is where it lies
 * @throws TowlineError CLI_NO_WORKING_TREE, CLI_USAGE for a device that is none; FleetProblems
 */
export async function deviceInTree(
  repo: string,
  id: string,
): Promise<CheckedFile<'device'> & { readonly target: string }> {
  const { workTree, gitDirectory } = await openRepository(repo);
  if (workTree === undefined)
    throw new TowlineError('CLI_NO_WORKING_TREE', `${gitDirectory} is bare: no file can be written`);
  await using snapshot = await openSnapshot({ repo, worktree: true });
  const { fleet, problems } = await loadFleet(snapshot.files, snapshot.commit);
  if (fleet === undefined || problems.length > 0) throw new FleetProblems(problems);
  const file = fleet.devices.get(id);
  if (file === undefined) throw noSuchDevice(id, fleet.devices.keys(), 'in the working tree');
  return { ...file, target: path.join(workTree, file.path) };
}

/** What adding a device puts into its file. */
export type DeviceEntry = Pick<DeviceFile, 'keys' | 'enrolment'>;

export interface NewDevice {
  readonly id: string;
  /** A device that has keys gets a token for others, which take their place. */
  readonly renew: boolean;
  /** Below devices/; '' for devices/ itself. */
  readonly folder: string;
  readonly groups: readonly string[] | undefined;
  readonly labels: Readonly<Record<string, string>> | undefined;
}

/** The name of a file of devices takes that file's place; what devices do not read as a name stops them. */
const isNoFolder = (name: string): boolean =>
  'problem' in readEntryName(Buffer.from(name)) || /\.(?:ya?ml|json)$/i.test(name);

/** @throws TowlineError CLI_USAGE for a folder elsewhere, or a name that no folder can have */
export function devicePath(id: string, folder: string): string {
  const file = path.posix.normalize(path.posix.join('devices', folder, `${id}.yaml`));
  if (!file.startsWith('devices/'))
    throw new TowlineError('CLI_USAGE', `the folder ${folder} leaves devices/`);
  const odd = file.split('/').slice(1, -1).find(isNoFolder);
  if (odd === undefined) return file;
  throw new TowlineError('CLI_USAGE', `${JSON.stringify(odd)} cannot be a folder of devices`);
}

/**
 * @param present its file, and the text of it, where it has one
 * @returns path and text
 * @throws TowlineError CLI_FILE_EXISTS when the device has keys and none are to replace them, CLI_USAGE for a folder
 *   elsewhere, or a revoked device: its keys stay where they are, refused for ever
 */
export function deviceFileWith(
  device: NewDevice,
  present: (Pick<CheckedFile<'device'>, 'path' | 'value'> & { readonly text: string }) | undefined,
  entry: DeviceEntry,
): readonly [file: string, text: string] {
  if (present !== undefined) {
    if (present.value.revoked === true) {
      const message = `${device.id} is revoked: its file says so for ever; add the new device under another id`;
      throw new TowlineError('CLI_USAGE', message, { position: { file: present.path } });
    }
    if (present.value.keys !== undefined && !device.renew) {
      const message = `${device.id} has keys already: --renew replaces them`;
      throw new TowlineError('CLI_FILE_EXISTS', message, { position: { file: present.path } });
    }
    const text = editedText(present.path, present.text, document => {
      for (const [key, value] of Object.entries(entry)) document.set(key, document.createNode(value));
    });
    return [present.path, text];
  }
  const file = devicePath(device.id, device.folder);
  const value: DeviceFile = {
    apiVersion: 'towline/v1',
    ...(device.groups === undefined ? {} : { groups: [...device.groups] }),
    ...(device.labels === undefined ? {} : { labels: { ...device.labels } }),
    ...entry,
    tunnel: 'closed',
  };
  const up = '../'.repeat(file.split('/').length - 1);
  const comment = `# yaml-language-server: $schema=${up}.towline/schemas/device.schema.json\n`;
  return [file, comment + stringify(value, { lineWidth: 0 })];
}
