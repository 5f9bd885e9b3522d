/** The devices that a bundle is for, what they need, and what they said that they have. */
import { type BundleDevice, bundleDevice, releaseImages } from '../../core/bundle/bundle-device.ts';
import { TowlineError } from '../../core/errors.ts';
import { type Fleet, layersOf } from '../../core/fleet/fleet.ts';
import { mergeDevice } from '../../core/fleet/merge.ts';
import type { PinnedImage } from '../../core/images/digest.ts';
import { noSuchDevice, unknownName } from '../../core/unknown-name.ts';
import type { StatusFile } from '../../schemas/types.generated.ts';
import { lastSaid } from '../status/last-said.ts';
import type { CreateOptions } from './create-options.ts';

export interface Chosen {
  readonly devices: readonly BundleDevice[];
  readonly reported: ReadonlyMap<string, StatusFile>;
  /** For a person. */
  readonly notes: readonly string[];
}

type Asked = Pick<CreateOptions, 'repo' | 'device' | 'group' | 'release' | 'telemetry'>;

/** Of a group those that are not retired. @throws TowlineError CLI_NO_SUCH_DEVICE, CLI_USAGE */
export function chosenIds(
  fleet: Fleet,
  { device = [], group = [] }: Pick<Asked, 'device' | 'group'>,
): string[] {
  const unknown = device.find(id => !fleet.devices.has(id));
  if (unknown !== undefined) throw noSuchDevice(unknown, fleet.devices.keys(), 'at this commit');
  const nobody = group.find(name => !fleet.groups.has(name));
  if (nobody !== undefined)
    throw new TowlineError('CLI_USAGE', unknownName('group', nobody, fleet.groups.keys()));
  const members = [...fleet.devices].filter(
    ([, { value }]) => value.retired === undefined && value.groups?.some(name => group.includes(name)),
  );
  const ids = [...new Set([...device, ...members.map(([id]) => id)])].sort();
  if (ids.length === 0)
    throw new TowlineError(
      'CLI_USAGE',
      group.length === 0 ? 'for whom? --device ID or --group NAME' : `no device is in ${group.join(', ')}`,
    );
  return ids;
}

/** Of releases that are asked for besides those that are assigned. @throws TowlineError CLI_USAGE, FLEET_RELEASE_UNKNOWN */
export function extraImages(fleet: Fleet, releases: readonly string[] = []): PinnedImage[] {
  return releases.flatMap(text => {
    const [app = '', version = ''] = text.split(/=(.*)/s);
    if (app === '' || version === '')
      throw new TowlineError('CLI_USAGE', `--release ${text} must be app=version`);
    const images = releaseImages(fleet, app, version);
    if (images !== undefined) return images;
    const known = fleet.apps.get(app)?.releases.keys() ?? [];
    throw new TowlineError('FLEET_RELEASE_UNKNOWN', unknownName(`release of ${app}`, version, known));
  });
}

/** Apps that run without a release: nothing says which images they have. */
function unreleased(fleet: Fleet, ids: readonly string[]): string[] {
  const apps = ids.flatMap(id => {
    const layers = layersOf(fleet, id);
    return layers === undefined
      ? []
      : mergeDevice(layers).apps.filter(({ release }) => release === undefined);
  });
  return [...new Set(apps.map(({ app }) => app))].map(
    app => `${app} has no release here: its images are not in the bundle`,
  );
}

/** @throws TowlineError as `chosenIds`, `extraImages`; what telemetry that was named throws */
export async function chosenDevices(fleet: Fleet, asked: Asked, signal: AbortSignal): Promise<Chosen> {
  const ids = chosenIds(fleet, asked);
  const extra = extraImages(fleet, asked.release);
  const { repo, telemetry } = asked;
  const question = { repo, telemetry, devices: ids, fleetOf: async () => fleet };
  const { reported, trouble } = await lastSaid(question, signal);
  const devices = ids.map(id => bundleDevice(fleet, id, { status: reported.get(id), extra }));
  const silent = devices.filter(({ platform }) => platform === undefined).length;
  const why = trouble === undefined ? '' : `: ${trouble}`;
  const notes =
    silent === 0
      ? []
      : [
          `${silent} of ${ids.length} devices have not said what they are: images of all platforms are in it${why}`,
        ];
  return { devices, reported, notes: [...notes, ...unreleased(fleet, ids)] };
}
