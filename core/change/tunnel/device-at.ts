/** A device as main has it, where its tunnel is to open or close. */
import type { DeviceFile, Tunnel } from '../../../schemas/types.generated.ts';
import { FleetProblems, TowlineError } from '../../errors.ts';
import { deviceIds } from '../../fleet/device-ids.ts';
import type { DeviceLayers } from '../../fleet/fleet.ts';
import { maxYamlBytes } from '../../fleet/limits.ts';
import { loadDevice, readAt } from '../../fleet/load-device.ts';
import { namePattern, operatorPath } from '../../fleet/paths.ts';
import { type DesiredTunnel, desiredTunnel } from '../../fleet/tunnel.ts';
import type { ObjectId } from '../../trust/git/object-source.ts';
import { noSuchDevice } from '../../unknown-name.ts';
import type { FilesAt } from '../changed-files.ts';

export interface DeviceAtMain {
  readonly id: string;
  readonly layers: DeviceLayers;
  readonly path: string;
  /** The whole file. */
  readonly text: string;
  readonly file: DeviceFile;
  readonly merged: DesiredTunnel;
  readonly commit: ObjectId;
}

/** @throws TowlineError CLI_NO_SUCH_DEVICE; FleetProblems of the files that decide over it */
export async function deviceAtMain({ files, commit }: FilesAt, id: string): Promise<DeviceAtMain> {
  const where = `at main, ${commit.slice(0, 12)}`;
  // Also what looks like an option.
  if (!namePattern.test(id)) throw noSuchDevice(id, await deviceIds(files, commit), where);
  const { layers, problems } = await loadDevice({ reader: files, commit, id });
  if (layers === undefined) {
    if (problems.some(({ code }) => code === 'FLEET_DEVICE_UNKNOWN'))
      throw noSuchDevice(id, await deviceIds(files, commit), where);
    throw new FleetProblems(problems);
  }
  const { path, value } = layers.device;
  const found = await files.fileAt(commit, path, maxYamlBytes);
  const text = Buffer.from(found?.bytes ?? []).toString('utf8');
  return { id, layers, path, text, file: value, merged: desiredTunnel(layers), commit };
}

/** @throws TowlineError CLI_USAGE where no commit opens it */
export function assertMayOpen({ id, path, file }: DeviceAtMain): void {
  const refuse = (why: string) => {
    throw new TowlineError('CLI_USAGE', `${id} ${why}`, { position: { file: path } });
  };
  if (file.revoked === true) refuse('is revoked: the gateway takes no tunnel from it');
  if (file.retired !== undefined) refuse('is retired: it brings no tunnel any more');
  if (file.keys?.ssh === undefined) refuse('has no keys yet: `towline device accept` first');
}

/** @throws TowlineError CLI_USAGE */
export async function assertOperators({ files, commit }: FilesAt, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const reading = { reader: files, commit, problems: [] };
    const isOne = namePattern.test(name) && (await readAt(reading, 'operator', operatorPath(name)));
    if (!isOne) throw new TowlineError('CLI_USAGE', `--allow ${name}: there is no operator of this name`);
  }
}

/** Commits of main's line that changed a file, the newest first, and no more than so many. */
export type FileVersions = (path: string, most: number) => Promise<readonly ObjectId[]>;

/** Looked through for what stood before an opening. */
const mostVersions = 64;

/** Who was named in the file when its tunnel was last closed, as far as that can be said. */
export async function allowWhenClosed(
  { files }: FilesAt,
  { path, file }: DeviceAtMain,
  versions: FileVersions,
): Promise<readonly string[] | undefined> {
  for (const version of await versions(path, mostVersions)) {
    const found = await readAt({ reader: files, commit: version, problems: [] }, 'device', path);
    if (found === undefined) continue;
    const { tunnel } = found.value;
    if (stateOf(tunnel) !== 'open') return allowOf(tunnel);
  }
  return allowOf(file.tunnel);
}

const stateOf = (tunnel: Tunnel | undefined) => (typeof tunnel === 'string' ? tunnel : tunnel?.state);
const allowOf = (tunnel: Tunnel | undefined) => (typeof tunnel === 'string' ? undefined : tunnel?.allow);
